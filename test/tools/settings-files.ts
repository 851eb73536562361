/** Settings files as users of each tool have them: with comments, odd spacing, their own keys. */
export const CLAUDE_CODE = `{
\t"$schema": "https://json.schemastore.org/claude-code-settings.json",
\t"theme": "dark",
\t"permissions": { "allow": ["Bash(npm run test:*)"], "deny": [] },
\t"env": {
\t\t"DISABLE_TELEMETRY": "1",
\t\t"ANTHROPIC_BASE_URL": "https://api.anthropic.com"
\t}
}
`

export const CODEX = `# Settings of Codex
model = "gpt-5.2-codex"  # the usual one
approval_policy = "on-request"
notify = [ "notify-send",
  "codex" ]

# Servers
[mcp_servers.docs]
command = 'npx'   # keep the quotes
args = ["-y", "docs-mcp"]

[model_providers.house]
name = "House"
base_url = "https://models.example/v1"
env_key = "HOUSE_KEY"

[projects."/home/kim/work"]
trust_level = "trusted"
`

export const OPENCODE = `{
  // the colours
  "theme": "system",
  "$schema": "https://opencode.ai/config.json",
  "provider": {
    "house": { "npm": "@ai-sdk/openai-compatible", "models": {} }, // ours
  },
}
`

export const CONTINUE = `name: Local Config
version: 1.0.0
schema: v1

# what I use
models:
  - name:   House model
    provider: openai
    model: house-1     # the small one
    roles: [chat,   edit]

  - name: Autocomplete
    provider: ollama
    model: qwen2.5-coder
    roles:
    - autocomplete
# who may read what
context:
    - provider: code
`

export const ZED = `// Zed settings
//
// For information on how to configure Zed, see its documentation.
{
  "ui_font_size": 16,
  "language_models": {
    "ollama": { "api_url": "http://localhost:11434" },
  },
  "agent": {
    "default_profile": "write",
    "default_model": { "provider": "zed.dev", "model": "claude-sonnet-4" },
  },
}
`

export const AIDER = `## my aider
dark-mode: true   # at night
read: [CONVENTIONS.md,  README.md]
model: sonnet
`
