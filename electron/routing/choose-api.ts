import type { ProviderType, Rule } from '../../shared/config.ts'
import type { DialectId, Step } from '../../shared/exchange.ts'
import type { ModelProfile } from '../core/models/profile.ts'

const TITLES: Record<DialectId, string> = { chat: 'Chat', responses: 'Responses', messages: 'Messages' }

export interface ApiQuestion {
  rule: { rule: Rule; index: number } | undefined
  provider: ProviderType
  baseModel: string
  profile: ModelProfile
  /** The caller's own API. */
  dialect: DialectId
  /** APIs that can be spoken upstream. */
  spoken: ReadonlySet<DialectId>
}

/**
 * The API to speak upstream: what the rule says, else by base model. Claude is asked in Messages and models that
 * prefer Responses there; all others in the caller's own API if they answer it, else in Chat.
 */
export function chooseApi(question: ApiQuestion): { api: DialectId; step: Step } {
  const { rule, spoken } = question
  const wish = rule?.rule.api ?? 'auto'
  if (question.provider === 'azure-gateway') return ofGateway(wish, question.dialect)
  if (wish !== 'auto' && spoken.has(wish)) {
    return decided(wish, `Written in rule ${rule!.index + 1}${translated(wish, question.dialect)}`)
  }
  const { api, why } = byModel(question)
  if (wish !== 'auto' && wish !== api) {
    return { api, step: { verdict: 'warn', text: `Upstream API ${TITLES[api]}`, why: `${TITLES[wish]} is not spoken` } }
  }
  if (spoken.has(api)) return decided(api, why + translated(api, question.dialect))
  const other = question.profile.apis.find((one) => spoken.has(one))
  if (other !== undefined) {
    return decided(other, `${TITLES[api]} would be preferred, but is not spoken${translated(other, question.dialect)}`)
  }
  return {
    api: 'chat',
    step: {
      verdict: 'warn',
      text: 'Upstream API Chat',
      why: `${question.baseModel} answers ${TITLES[api]} only, which is not spoken; it may refuse`,
    },
  }
}

/** A gateway in Azure's style has no other API for conversations, whatever model is behind it. */
function ofGateway(wish: Rule['api'], dialect: DialectId): { api: DialectId; step: Step } {
  const text = `Upstream API ${TITLES.responses}`
  if (wish !== 'auto' && wish !== 'responses') {
    return { api: 'responses', step: { verdict: 'warn', text, why: `The gateway does not speak ${TITLES[wish]}` } }
  }
  return decided('responses', `The gateway speaks no other${translated('responses', dialect)}`)
}

function byModel({ provider, baseModel, profile, dialect }: ApiQuestion): { api: DialectId; why: string } {
  // What answers at the other end limits the choice before the model does.
  if (provider === 'anthropic') return { api: 'messages', why: 'Anthropic’s own API' }
  if (provider === 'generic') return { api: 'chat', why: 'What OpenAI-compatible servers speak' }
  const apis = provider === 'openai' ? profile.apis.filter((api) => api !== 'messages') : profile.apis
  const [preferred = 'chat'] = apis
  if (preferred === 'messages') return { api: 'messages', why: 'Base model is a Claude' }
  if (preferred === 'responses') {
    return { api: 'responses', why: `${baseModel} ${apis.includes('chat') ? 'does best' : 'answers only'} there` }
  }
  return apis.includes(dialect)
    ? { api: dialect, why: 'The caller’s own, and the model speaks it' }
    : { api: 'chat', why: 'The model does not speak the caller’s own' }
}

function translated(api: DialectId, dialect: DialectId): string {
  return api === dialect ? '' : `; callers of ${TITLES[dialect]} are translated`
}

function decided(api: DialectId, why: string): { api: DialectId; step: Step } {
  return { api, step: { verdict: 'ok', text: `Upstream API ${TITLES[api]}`, why } }
}
