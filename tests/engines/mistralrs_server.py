#!/usr/bin/env python3
"""A GGUF file behind OpenAI's chat completions, by mistral.rs: a real engine that is none of ours.
pip install mistralrs; usage: mistralrs_server.py FILE; prints its address and serves until killed."""
import json, os, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
os.environ["HF_HUB_OFFLINE"] = "1"
from mistralrs import ChatCompletionRequest, Runner, Which

folder, name = os.path.split(os.path.abspath(sys.argv[1]))
# Its log goes to standard output, whose first line is the address.
saved = os.dup(1); os.dup2(2, 1)
runner = Runner(which=Which.GGUF(tok_model_id=None, quantized_model_id=folder, quantized_filename=name), no_paged_attn=True)

def usage(u):
    return u and {k: getattr(u, k) for k in ("prompt_tokens", "completion_tokens", "total_tokens", "total_prompt_time_sec")}

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *_): pass
    def reply(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status); self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body))); self.end_headers(); self.wfile.write(body)
    def do_GET(self):
        self.reply(200, {"object": "list", "data": [{"id": name}]})
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        try:
            asked = ChatCompletionRequest(model="default", messages=body["messages"], max_tokens=body.get("max_tokens"),
                temperature=body.get("temperature"), stream=body.get("stream", False), stop_seqs=body.get("stop"))
            answer = runner.send_chat_completion_request(asked)
        except Exception as error:
            return self.reply(500, {"error": {"message": str(error), "type": type(error).__name__}})
        if not body.get("stream"):
            choice = answer.choices[0]
            return self.reply(200, {"model": name, "choices": [{"index": 0, "message": {"role": "assistant", "content": choice.message.content},
                "finish_reason": choice.finish_reason}], "usage": usage(answer.usage)})
        self.send_response(200); self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close"); self.end_headers(); self.close_connection = True
        for chunk in answer:
            choice = chunk.choices[0]
            event = {"model": name, "choices": [{"index": 0, "delta": {"content": choice.delta.content},
                "finish_reason": choice.finish_reason}], "usage": usage(chunk.usage)}
            self.wfile.write(b"data: " + json.dumps(event).encode() + b"\n\n"); self.wfile.flush()
        self.wfile.write(b"data: [DONE]\n\n")

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
os.write(saved, f"http://127.0.0.1:{server.server_port}\n".encode())
server.serve_forever()
