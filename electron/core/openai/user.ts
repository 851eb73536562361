import { clientPath } from '../client-paths.ts'
import type { HubRequest, Loss } from '../hub.ts'
import { sha256Hex } from '../sha256.ts'

const longestUser = 64

/** `user`, not `safety_identifier`: every API version of Azure takes it. Claude Code puts a long JSON text here. */
export function encodeUser(
  request: HubRequest,
  lose: (path: string, kind: Loss['kind'], reason: string) => void,
): string | undefined {
  const { user } = request
  // OpenAI's own clients know the limit; what they send is passed on.
  if (user === undefined || request.dialect !== 'messages' || user.length <= longestUser) return user
  const path = clientPath(request.dialect, 'user')
  lose(path, 'degraded', `Identifiers have at most ${longestUser} characters; a hash of it was sent.`)
  return sha256Hex(user)
}
