import type { AttackerProcess } from './attacker-process.ts'
import type { Federation } from '../../support/federation.ts'
import type { FederationNode } from '../../support/federation-node.ts'

export interface AttackContext {
  federation: Federation
  attacker: AttackerProcess
  targets: FederationNode[]
}

/** One attack, and what must come of it. */
export interface Attack {
  name: string
  /** The module of `attackers/` that does it. */
  attacker: string
  /** What it is told beside its targets. */
  args?(federation: Federation): Record<string, unknown>
  /** Whom it attacks. @default all */
  targets?(federation: Federation): FederationNode[]
  /** How many identities it uses, each against each target. @default 1 */
  identities?: number
  /**
   * Milliseconds from the first offence of an identity against a node until
   * that node must have shut it out; `null` when the attacker never shows an
   * identity, or does nothing that is forbidden.
   */
  shutOutMs: number | null
  /**
   * Milliseconds until it must at least be ignored, when that may take less: once nothing of a peer is taken it may have
   * nothing more to answer for until it is heard again.
   */
  ignoredMs?: number
  /** What is done while it attacks, before it must be shut out. */
  meanwhile?(context: AttackContext): Promise<void>
  /** What must hold besides, once it is shut out and attacks still. */
  check?(context: AttackContext): Promise<void>
  /** Milliseconds that it goes on for after that. @default 1_000 */
  lingerMs?: number
  /** Bytes of resident memory that no honest node may reach meanwhile. @default 384 MiB */
  maxRss?: number
  /** Milliseconds that no message between honest nodes may be under way meanwhile. @default any */
  maxDelayMs?: number
  /** Whether it is part of the short cut of the suite. */
  cut?: boolean
}
