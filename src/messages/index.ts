/**
 * Messages: what there is (`definitions.ts`), how they are made and read, and
 * their way over the links.
 */
export { createMessage } from './create.ts'
export { LearningFinishedError, NotForwardableError } from './errors.ts'
export { messagesEvents } from './definitions.ts'
export { SeenCache } from './seen-cache.ts'
export { replyTo, Requests } from './requests.ts'
export { Messenger } from './messenger.ts'
export type { MessageCounts, MessageObserver } from './message-counts.ts'
export type * from './types.ts'
