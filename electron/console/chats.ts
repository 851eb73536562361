import { os } from './context.ts'

export const chats = {
  list: os.chats.list.handler(({ context, input }) => context.chats.list(input.search)),
  get: os.chats.get.handler(({ context, input }) => context.chats.get(input.id)),
  save: os.chats.save.handler(({ context, input }) => context.chats.save(input)),
  rename: os.chats.rename.handler(({ context, input }) => context.chats.rename(input.id, input.title)),
  duplicate: os.chats.duplicate.handler(({ context, input }) => context.chats.duplicate(input.id)),
  remove: os.chats.remove.handler(({ context, input }) => context.chats.remove(input.id)),
  restore: os.chats.restore.handler(({ context, input }) => context.chats.restore(input.id)),
}
