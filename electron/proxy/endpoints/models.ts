import type { Configuration } from '../../config/configuration.ts'
import { LazuliError } from '../../core/error.ts'
import { listModels } from '../../routing/list-models.ts'
import type { ListedModel } from '../../routing/list-models.ts'
import { resolve } from '../../routing/resolve.ts'

/**
 * The list of models with the fields of OpenAI's and of Anthropic's list at once: each client finds its own.
 * @param since when the configuration was loaded, milliseconds since the epoch; no resource tells more
 */
export function modelList(configuration: Configuration, since: number): Record<string, unknown> {
  const data = listModels(configuration).map((model) => entryOf(model.id, model.instance, since))
  return {
    object: 'list',
    data,
    has_more: false,
    first_id: data[0]?.['id'] ?? null,
    last_id: data.at(-1)?.['id'] ?? null,
  }
}

/**
 * One model by its name: a listed one, or any other that would be served.
 * @throws LazuliError 404 with the nearest names
 */
export function modelDetail(configuration: Configuration, encodedId: string, since: number): Record<string, unknown> {
  const id = decode(encodedId)
  const listed: ListedModel | undefined = listModels(configuration).find((model) => model.id === id)
  if (listed !== undefined) return entryOf(listed.id, listed.instance, since)
  const { route, error } = resolve(id, 'chat', configuration)
  if (route !== undefined) return entryOf(id, route.instance.name, since)
  throw error ?? unknownModel()
}

function entryOf(id: string, instance: string, since: number): Record<string, unknown> {
  return {
    id,
    object: 'model',
    created: Math.floor(since / 1000),
    owned_by: instance,
    type: 'model',
    display_name: id,
    created_at: new Date(since).toISOString(),
  }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw unknownModel()
  }
}

function unknownModel(): LazuliError {
  return new LazuliError({ code: 'model_not_found', status: 404, message: 'There is no such model.', param: 'model' })
}
