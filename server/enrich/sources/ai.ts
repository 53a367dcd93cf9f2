/**
 * AI assistants. Facts carried over by scripts/referrers.mjs from the public list
 * matomo-org/searchengine-and-social-list (CC0 1.0), whose names are kept. One source a line: its name and its hosts;
 * `{}` stands for any country's or general domain, a path for that part of a host.
 */
export const ASSISTANTS = `
Baidu AI: ai.baidu.com yiyan.baidu.com
Chat+: chat-gpt.org chatplus.com
ChatGPT: chat.openai.com chatgpt.com labs.openai.com
Claude: claude.ai
Copilot: copilot.microsoft.com
ChatGLM: chatglm.cn
Deepseek: chat.deepseek.com
Duck.ai: duck.ai
Gemini: bard.google.com gemini.google.com
Grok: grok.com x.com/i/grok
iAsk: iask.ai
Jasper: app.jasper.ai
Le Chat: chat.mistral.ai
Meta AI: meta.ai
NotebookLM: notebooklm.google.com
Perplexity: perplexity.ai
Qwen: chat.qwen.ai
Writesonic: app.writesonic.com
You: you.com
`
