import type { Target } from './attacker.ts'

/** What an attacker's process is started with, as JSON. */
export interface AttackArgs {
  targets: Target[]
  /** What else the attack needs to know. */
  [key: string]: unknown
}

/** The arguments of this process; it ends with the one that started it. */
export function attackArgs(): AttackArgs {
  process.stdin.resume().on('end', () => process.exit(0))

  return JSON.parse(process.argv[2] ?? '{"targets":[]}') as AttackArgs
}
