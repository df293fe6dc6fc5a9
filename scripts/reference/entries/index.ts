import { connections } from './connections.ts'
import { controller } from './controller.ts'
import { lan } from './lan.ts'
import { lifeCycle } from './life-cycle.ts'
import { messages } from './messages.ts'
import { restrictions } from './restrictions.ts'
import { state } from './state.ts'
import type { ReferenceSection } from '../types.ts'

type NameIn<S> = S extends { entries: infer E } ? keyof E & string : never

const SECTIONS = [lifeCycle, state, messages, restrictions, lan, connections, controller] as const

export type EntryName = NameIn<(typeof SECTIONS)[number]>

/** All members of the reference, and what does here what they do: for docs/reference.md and for the tests that call it. */
export const REFERENCE: ReadonlyArray<ReferenceSection> = SECTIONS
