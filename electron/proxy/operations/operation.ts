/** What is not a conversation: one request of the vendors' APIs that goes on as it came, and all that is to know of it. */
export interface Operation {
  /** As the explanation and errors call it, e.g. `POST /files`. */
  name: string
  method: 'GET' | 'POST' | 'DELETE'
  /** Behind the base of the API, its segments encoded: `/files/file-1/content`. */
  path: string
  /** Things that the path names, the one that decides first. */
  ids: readonly string[]
  /** Path of the thing itself where the operation goes to a part of it; asked where its owner is not known. */
  root?: string
  /** Where the model's name stands. `hint` = it chooses the instance, and goes on as it is. */
  model: ModelPlace
  body: BodyKind
  effect: Effect
  /** Azure's dated versions: under the deployment, beside it, or only in v1. */
  classic: 'deployment' | 'resource' | 'v1'
  /** In v1 still a preview, to be asked for with `api-version=preview` (azure.md §2.1). */
  preview: boolean
  /** Anthropic's own API rather than OpenAI's. */
  anthropic: boolean
  /** Azure never offered it; only other instances are asked. */
  notOnAzure: boolean
}

export type ModelPlace =
  | 'none'
  /** Top-level field of a JSON body. */
  | 'json'
  /** Field of a form. */
  | 'form'
  /** `session.model` of a JSON body, or `model`. */
  | 'session'
  /** JSON or form, and it may be missing. */
  | 'optional'

/** json: at most `server.max_body`, whole. stream: never held. none: there may be a body, which is small and goes on. */
export type BodyKind = 'json' | 'form' | 'any' | 'none'

/**
 * read: may be asked of several instances. list: read, and every instance has a part. compute: nothing is left behind.
 * create, change: done once.
 */
export type Effect = 'read' | 'list' | 'compute' | 'create' | 'change'
