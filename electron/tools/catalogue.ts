import type { ToolId } from '../../shared/tools.ts'
import { aider } from './aider.ts'
import { claudeCode } from './claude-code.ts'
import { cline } from './cline.ts'
import { codex } from './codex.ts'
import { continueDev } from './continue.ts'
import { copilotCli } from './copilot-cli.ts'
import { cursor } from './cursor.ts'
import { aiSdk, anthropicSdk, langChain, openAiSdk } from './libraries.ts'
import { openWebUi } from './open-webui.ts'
import { opencode } from './opencode.ts'
import type { Tool } from './tool.ts'
import { zed } from './zed.ts'

/** In the order of the list. */
const TOOLS: Readonly<Record<ToolId, Tool>> = {
  'claude-code': claudeCode,
  codex,
  'copilot-cli': copilotCli,
  cursor,
  continue: continueDev,
  cline,
  opencode,
  zed,
  aider,
  'open-webui': openWebUi,
  'openai-sdk': openAiSdk,
  'anthropic-sdk': anthropicSdk,
  langchain: langChain,
  'ai-sdk': aiSdk,
}

export const tools: readonly Tool[] = Object.values(TOOLS)

export function toolOf(id: ToolId): Tool {
  return TOOLS[id]
}
