import { os } from './context.ts'

export const chats = {
  list: os.chats.list.handler(async ({ context, input }) => (await context.chats()).list(input.search)),
  get: os.chats.get.handler(async ({ context, input }) => (await context.chats()).get(input.id)),
  save: os.chats.save.handler(async ({ context, input }) => (await context.chats()).save(input)),
  rename: os.chats.rename.handler(async ({ context, input }) => (await context.chats()).rename(input.id, input.title)),
  duplicate: os.chats.duplicate.handler(async ({ context, input }) => (await context.chats()).duplicate(input.id)),
  remove: os.chats.remove.handler(async ({ context, input }) => (await context.chats()).remove(input.id)),
  restore: os.chats.restore.handler(async ({ context, input }) => (await context.chats()).restore(input.id)),
}
