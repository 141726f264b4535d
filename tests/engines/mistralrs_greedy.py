#!/usr/bin/env python3
"""What mistral.rs answers greedily, 48 tokens each, as JSON. usage: mistralrs_greedy.py FILE PROMPT …"""
import json, os, sys
os.environ["HF_HUB_OFFLINE"] = "1"
from mistralrs import ChatCompletionRequest, Runner, Which

folder, name = os.path.split(os.path.abspath(sys.argv[1]))
saved = os.dup(1); os.dup2(2, 1)  # its log goes to standard output
runner = Runner(which=Which.GGUF(tok_model_id=None, quantized_model_id=folder, quantized_filename=name), no_paged_attn=True)
def ask(prompt):
    asked = ChatCompletionRequest(model="default", messages=[{"role": "user", "content": prompt}], max_tokens=48, temperature=0.0)
    answer = runner.send_chat_completion_request(asked)
    return {"text": answer.choices[0].message.content, "prompt_tokens": answer.usage.prompt_tokens}
answers = [ask(prompt) for prompt in sys.argv[2:]]
os.write(saved, json.dumps(answers).encode())
