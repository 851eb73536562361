import type { Instance } from '../../shared/config.ts'
import type { InstanceView } from '../../shared/contract.ts'
import type { Configuration, ConfiguredInstance } from '../config/configuration.ts'
import { maskedAddress } from '../config/shown-configuration.ts'
import { understandAddress } from '../core/azure-address.ts'
import { LazuliError } from '../core/error.ts'
import { os } from './context.ts'
import type { ConsoleContext } from './context.ts'
import { watchChanges } from './watch-changes.ts'

const LIVE_THROTTLE_MS = 500
/** A minute's use falls, and a rest ends, without any event. */
const LIVE_REFRESH_MS = 2000

export const instances = {
  list: os.instances.list.handler(({ context }) => views(context)),

  save: os.instances.save.handler(async ({ context, input }) => {
    const before = stored(context, input.previousName)
    if (input.previousName !== undefined && before === undefined) throw notEditable(context, input.previousName)
    refuseShadowing(context, input.instance.name)
    const oldRef = before?.key_ref
    // A new entry for each new key: a change that is refused below leaves the old key as it was.
    const newRef = typeof input.apiKey === 'string' ? `instance/${input.instance.name}/${context.newId()}` : undefined
    if (newRef !== undefined) await context.secrets.set(newRef, input.apiKey!)
    const keyRef = input.apiKey === undefined ? oldRef : newRef
    const next = { ...withSecrets(input.instance, before), ...(keyRef === undefined ? {} : { key_ref: keyRef }) }
    try {
      await context.configuration.changeSettings((settings) => ({
        ...settings,
        instances: replaced(settings['instances'], input.previousName, next),
      }))
    } catch (error) {
      if (newRef !== undefined) await context.secrets.remove(newRef)
      throw error
    }
    if (oldRef !== undefined && oldRef !== keyRef) await context.secrets.remove(oldRef)
    return views(context)
  }),

  remove: os.instances.remove.handler(async ({ context, input }) => {
    const before = stored(context, input.name)
    if (before === undefined) throw notEditable(context, input.name)
    await context.configuration.changeSettings((settings) => ({
      ...settings,
      instances: replaced(settings['instances'], input.name, undefined),
    }))
    if (before.key_ref !== undefined) await context.secrets.remove(before.key_ref)
    return views(context)
  }),

  test: os.instances.test.handler(({ context, input }) => {
    const instance = named(context.configuration.current(), input.name)
    if (instance === undefined) throw unknown(input.name)
    return context.testInstance(instance)
  }),

  live: os.instances.live.handler(({ context, signal }) =>
    watchChanges(
      { read: context.live, onChange: context.onStatus, throttleMs: LIVE_THROTTLE_MS, refreshMs: LIVE_REFRESH_MS },
      signal,
    ),
  ),

  understand: os.instances.understand.handler(({ input }) => {
    const address = understandAddress(input.address)
    return {
      understood: address.sentence,
      apiBase: address.apiBase,
      providerType: address.provider,
      ...(address.apiVersion === undefined ? {} : { apiVersion: address.apiVersion }),
      ...(address.deployment === undefined ? {} : { deployment: address.deployment }),
      nameHint: address.nameHint,
    }
  }),
}

function views(context: ConsoleContext): InstanceView[] {
  return context.configuration.current().instances.map(view)
}

function view(configured: ConfiguredInstance): InstanceView {
  const { credential, source, reach: _reach, api_key: _key, key_ref: _ref, ...instance } = configured
  return { instance: withoutSecrets(instance), source, key: keyView(credential), understood: understood(configured) }
}

type PlainInstance = InstanceView['instance']

/** What only somebody who writes the settings by hand can have put there. */
function withoutSecrets(instance: PlainInstance): PlainInstance {
  const { entra, proxy_url: proxy, ...rest } = instance
  const { client_secret: _secret, ...identity } = entra ?? {}
  return {
    ...rest,
    ...(entra === undefined ? {} : { entra: identity as PlainInstance['entra'] & object }),
    ...(proxy === undefined ? {} : { proxy_url: maskedAddress(proxy) }),
  }
}

/** What was not shown comes back as it was. */
function withSecrets(instance: PlainInstance, before: ConfiguredInstance | undefined): PlainInstance {
  if (before === undefined) return instance
  const { entra, proxy_url: proxy } = instance
  const secret = before.entra?.client_secret
  const masked = before.proxy_url !== undefined && proxy === maskedAddress(before.proxy_url)
  return {
    ...instance,
    ...(entra === undefined || secret === undefined ? {} : { entra: { client_secret: secret, ...entra } }),
    ...(masked ? { proxy_url: before.proxy_url } : {}),
  }
}

function keyView(credential: ConfiguredInstance['credential']): InstanceView['key'] {
  switch (credential.type) {
    case 'key':
      return { state: credential.from }
    case 'entra':
      return { state: 'entra' }
    case 'passthrough':
      return { state: 'none' }
    case 'unreadable':
      return { state: 'unreadable', problem: credential.error.toFailure() }
  }
}

function understood(instance: ConfiguredInstance): string {
  if (instance.provider_type === 'simulator') return 'built in, on loopback'
  if (instance.api_base === undefined) return instance.provider_type
  try {
    return understandAddress(instance.api_base).sentence
  } catch {
    return instance.api_base
  }
}

function named(configuration: Configuration, name: string): ConfiguredInstance | undefined {
  return configuration.instances.find((each) => each.name.toLowerCase() === name.toLowerCase())
}

/** The instance as the settings file has it; undefined when another source defines it. */
function stored(context: ConsoleContext, name: string | undefined): ConfiguredInstance | undefined {
  if (name === undefined) return undefined
  const found = named(context.configuration.current(), name)
  return found?.source === 'settings' ? found : undefined
}

function replaced(list: unknown, name: string | undefined, next: Omit<Instance, 'api_key'> | undefined): unknown[] {
  const items = Array.isArray(list) ? (list as { name: string }[]) : []
  const at = name === undefined ? -1 : items.findIndex((item) => item.name.toLowerCase() === name.toLowerCase())
  if (at === -1) return next === undefined ? items : [...items, next]
  return items.toSpliced(at, 1, ...(next === undefined ? [] : [next as { name: string }]))
}

/** An instance of the same name in a later source would hide the saved one. */
function refuseShadowing(context: ConsoleContext, name: string): void {
  const other = named(context.configuration.current(), name)
  if (other === undefined || other.source === 'settings' || other.source === 'default') return
  throw notEditable(context, name)
}

function notEditable(context: ConsoleContext, name: string): LazuliError {
  const found = named(context.configuration.current(), name)
  if (found === undefined) return unknown(name)
  const place = found.source === 'file' ? 'configuration file' : found.source
  return new LazuliError({
    code: 'setting_fixed',
    status: 409,
    message: found.source === 'default' ? `${name} is built in.` : `The instance ${name} is set by the ${place}.`,
    fix: found.source === 'default' ? 'Choose another name.' : 'Change it there, or choose another name.',
  })
}

function unknown(name: string): LazuliError {
  return new LazuliError({
    code: 'instance_not_found',
    status: 404,
    message: `There is no instance named ${name}.`,
    fix: 'Reload the page: it may have been removed.',
  })
}
