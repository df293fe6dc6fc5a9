import type { ReferenceMember } from './members.ts'
import type { ConfigPath } from '../../src/config/index.ts'
import type { Engine, Nebula, NebulaEvents, Propagation } from '../../src/index.ts'
import type { NebulaNode } from '../../src/node/index.ts'
import type { Libp2p } from '@libp2p/interface'

type MethodOf<T> = {
  [K in keyof T & string]-?: NonNullable<T[K]> extends (...args: never[]) => unknown ? K : never
}[keyof T & string]

type PropertyOf<T> = Exclude<keyof T & string, MethodOf<T>>

/** What does in this project what a member of the reference does there. The names are checked when they are compiled. */
export type Place =
  | 'createNode()'
  | `node.${MethodOf<NebulaNode>}()`
  | `node.${PropertyOf<NebulaNode>}`
  | `node.libp2p.${MethodOf<Libp2p>}()`
  | `overlay.${MethodOf<Nebula>}()`
  | `overlay.${PropertyOf<Nebula>}`
  | `overlay.propagator.${MethodOf<Propagation>}()`
  | `engine.${MethodOf<Engine>}()`
  | `event ${keyof NebulaEvents}`
  | `key ${ConfigPath}`

/** One row of docs/reference.md. */
export interface ReferenceEntry {
  members: readonly [ReferenceMember, ...ReferenceMember[]]
  here: readonly Place[]
  /** What differs, and why: Markdown, in sentences. */
  difference: string
}

export interface ReferenceSection<Name extends string = string> {
  title: string
  /** By the names under which the tests check them. */
  entries: Readonly<Record<Name, ReferenceEntry>>
}
