import type { DeploymentListing } from '../../shared/mapping.ts'
import { understandAddress } from '../core/azure-address.ts'
import { LazuliError } from '../core/error.ts'
import { readPasted } from '../core/read-pasted.ts'
import type { Listing } from '../proxy/discovery.ts'
import { os } from './context.ts'
import type { ConsoleContext } from './context.ts'
import { namedInstance, preparedDraft, storedInstance, withSecrets } from './instance-draft.ts'
import { instanceViews } from './instance-view.ts'
import { replaced } from './replace-instance.ts'
import { withoutItsRules } from './serve-as-mock.ts'
import { watchChanges } from './watch-changes.ts'

const LIVE_THROTTLE_MS = 500
/** A minute's use falls, and a rest ends, without any event. */
const LIVE_REFRESH_MS = 2000

export const instances = {
  list: os.instances.list.handler(({ context }) => instanceViews(context)),

  save: os.instances.save.handler(async ({ context, input }) => {
    const before = storedInstance(context, input.previousName)
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
    return instanceViews(context)
  }),

  remove: os.instances.remove.handler(async ({ context, input }) => {
    const before = storedInstance(context, input.name)
    if (before === undefined) throw notEditable(context, input.name)
    await context.configuration.changeSettings((settings) => ({
      ...(before.provider_type === 'recording' ? withoutItsRules(settings, input.name) : settings),
      instances: replaced(settings['instances'], input.name, undefined),
    }))
    if (before.key_ref !== undefined) await context.secrets.remove(before.key_ref)
    return instanceViews(context)
  }),

  test: os.instances.test.handler(({ context, input }) => {
    const instance = namedInstance(context.configuration.current(), input.name)
    if (instance === undefined) throw unknown(input.name)
    return context.testInstance(instance)
  }),

  testDraft: os.instances.testDraft.handler(async ({ context, input }) =>
    context.testInstance(await preparedDraft(context, input)),
  ),

  discover: os.instances.discover.handler(async ({ context, input }) =>
    listing(await context.discover(await preparedDraft(context, input))),
  ),

  read: os.instances.read.handler(({ input }) => readPasted(input.text)),

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

function listing(found: Listing): DeploymentListing {
  if (!found.listed) return found
  const deployments = found.deployments.map(({ id, model, status }) => ({
    id,
    ...(model === undefined ? {} : { model }),
    ...(status === undefined ? {} : { status }),
  }))
  return { listed: true, deployments }
}

/** An instance of the same name in a later source would hide the saved one. */
function refuseShadowing(context: ConsoleContext, name: string): void {
  const other = namedInstance(context.configuration.current(), name)
  if (other === undefined || other.source === 'settings' || other.source === 'default') return
  throw notEditable(context, name)
}

function notEditable(context: ConsoleContext, name: string): LazuliError {
  const found = namedInstance(context.configuration.current(), name)
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
