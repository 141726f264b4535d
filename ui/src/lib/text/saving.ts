import { api } from "../ipc/api";

/** Lets the user choose where, then writes the text there; what was done as a sentence, `null` when they chose nothing. */
export async function saveText(name: string, ending: string, text: string): Promise<string | null> {
  const chosen = await api.chooseFiles({ title: `Save ${name}`, save: true, name, endings: [ending] });
  const file = chosen.files[0];
  if (!file) return null;
  return (await api.saveFile(file.token, text)).message;
}
