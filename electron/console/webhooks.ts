import { AlertKind, type Source } from '../../shared/config.ts'
import type { NewWebhook, WebhookView } from '../../shared/settings.ts'
import type { AlertTarget } from '../config/alert-targets.ts'
import { keptWebhook, refOfWebhook } from '../config/kept-webhooks.ts'
import { LazuliError } from '../core/error.ts'
import type { ConsoleContext } from './context.ts'
import { refuseFixed } from './fixed-setting.ts'

interface Webhook {
  view: WebhookView
  /** Absent where the keychain does not give it. */
  target?: AlertTarget
}

export async function webhookViews(context: ConsoleContext): Promise<WebhookView[]> {
  return (await webhooks(context)).map(({ view }) => view)
}

/** @throws LazuliError 409 where another source sets this kind; what the keychain says */
export async function addWebhook(context: ConsoleContext, { kind, url }: NewWebhook): Promise<void> {
  refuseFixed(`The ${kind} webhooks are`, sourceOf(context, kind))
  const ref = `webhook-${context.newId()}`
  await context.secrets.set(ref, url)
  await changeKind(context, kind, (texts) => [...texts, keptWebhook(ref)])
}

/** @throws LazuliError 404, 409 */
export async function removeWebhook(context: ConsoleContext, id: string): Promise<void> {
  const { view } = await find(context, id)
  refuseFixed(`The ${view.kind} webhooks are`, view.source)
  await changeKind(context, view.kind, (texts) => texts.filter((text, at) => idOf(view.kind, text, at) !== id))
  // The entry may be gone already, or the keychain be locked: nothing refers to it any more.
  if (id.startsWith('webhook-')) await context.secrets.remove(id).catch(() => undefined)
}

/** Posts a test. The answer says how it went; it is no error when the other side refuses. */
export async function testWebhook(context: ConsoleContext, id: string): Promise<{ ok: boolean; message: string }> {
  const { view, target } = await find(context, id)
  if (target === undefined) return { ok: false, message: view.problem?.message ?? 'Its address cannot be read.' }
  try {
    await context.testWebhook(target)
    return { ok: true, message: `${view.host} took the message.` }
  } catch (cause) {
    return { ok: false, message: `Not taken: ${cause instanceof Error ? cause.message : String(cause)}` }
  }
}

async function find(context: ConsoleContext, id: string): Promise<Webhook> {
  const found = (await webhooks(context)).find(({ view }) => view.id === id)
  if (found !== undefined) return found
  throw new LazuliError({ code: 'unknown_webhook', status: 404, message: 'There is no such webhook any more.' })
}

async function webhooks(context: ConsoleContext): Promise<Webhook[]> {
  const { config, sources } = context.configuration.current()
  const kinds = AlertKind.options.map(async (kind) => {
    const source = sourceOf(context, kind)
    const texts = source === 'settings' ? stored(context.settings.read(), kind) : [config.alerts?.[kind] ?? []].flat()
    return Promise.all(texts.filter(Boolean).map((text, at) => webhookOf(context, { kind, text, at, source })))
  })
  const older = config.logging.feishu_webhook ?? ''
  const source = sources.get('logging.feishu_webhook') ?? 'default'
  return [
    ...(older === '' ? [] : [described({ id: 'logging', kind: 'feishu', source }, older)]),
    ...(await Promise.all(kinds)).flat(),
  ]
}

async function webhookOf(
  { secrets }: ConsoleContext,
  { kind, text, at, source }: { kind: AlertKind; text: string; at: number; source: Source },
): Promise<Webhook> {
  const view = { id: idOf(kind, text, at), kind, source }
  const ref = refOfWebhook(text)
  if (ref === undefined) return described(view, text)
  try {
    const url = await secrets.get(ref)
    if (url !== undefined) return described(view, url)
    throw new LazuliError({
      code: 'key_missing',
      status: 503,
      message: 'The keychain has no address for this webhook.',
      fix: 'Remove it and add it again.',
    })
  } catch (cause) {
    if (!(cause instanceof LazuliError)) throw cause
    return { view: { ...view, problem: cause.toFailure() } }
  }
}

function described(view: WebhookView, url: string): Webhook {
  return { view: { ...view, host: new URL(url).host }, target: { kind: view.kind, url } }
}

function idOf(kind: AlertKind, text: string, at: number): string {
  return refOfWebhook(text) ?? `${kind}-${at}`
}

function sourceOf({ configuration }: ConsoleContext, kind: AlertKind): Source {
  return configuration.current().sources.get(`alerts.${kind}`) ?? 'default'
}

function stored(settings: Record<string, unknown>, kind: AlertKind): string[] {
  const alerts = settings['alerts'] as Partial<Record<AlertKind, string | string[]>> | undefined
  return [alerts?.[kind] ?? []].flat()
}

async function changeKind(
  { configuration }: ConsoleContext,
  kind: AlertKind,
  change: (texts: string[]) => string[],
): Promise<void> {
  await configuration.changeSettings((settings) => ({
    ...settings,
    alerts: { ...(settings['alerts'] as object | undefined), [kind]: change(stored(settings, kind)) },
  }))
}
