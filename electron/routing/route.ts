import type { ConfiguredInstance } from '../config/configuration.ts'
import type { DialectId } from '../core/hub.ts'
import type { ModelProfile } from '../core/models/profile.ts'

/** Where one request goes. */
export interface Route {
  instance: ConfiguredInstance
  deployment: string
  /** The model behind the deployment, as far as configuration or the name tells. */
  baseModel: string
  profile: ModelProfile
  /** The API to speak upstream. */
  api: DialectId
  /** The deployment is called as the model was: neither a rule nor the instance says another name. */
  spelledByName?: boolean
  /** No other instance can serve this request: it refers to what this one holds. */
  pinned?: boolean
}
