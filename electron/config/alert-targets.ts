import type { Config } from '../../shared/config.ts'
import { AlertKind } from '../../shared/config.ts'

/** Where alerts are posted. The address is a secret: whoever has it may write there. */
export interface AlertTarget {
  kind: AlertKind
  url: string
}

/** Every webhook of the configuration, each address once. An empty one is switched off. */
export function alertTargets({ logging, alerts }: Config): AlertTarget[] {
  const named: AlertTarget[] = [{ kind: 'feishu', url: logging.feishu_webhook ?? '' }]
  for (const kind of AlertKind.options) {
    for (const url of [alerts?.[kind] ?? []].flat()) named.push({ kind, url })
  }
  const byUrl = new Map(named.filter(({ url }) => url !== '').map((target) => [target.url, target]))
  return [...byUrl.values()]
}
