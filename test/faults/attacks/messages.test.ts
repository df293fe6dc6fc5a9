import { describeAttacks } from './support/describe-attacks.ts'

describeAttacks('attacks by messages', [
  { name: 'a flood of messages', attacker: 'message-flood', shutOutMs: 10_000, cut: true },
  { name: 'a flood of duplicates', attacker: 'duplicate-flood', shutOutMs: 10_000 },
  { name: 'bad signatures', attacker: 'bad-signature', identities: 5, shutOutMs: 10_000, cut: true },
  { name: 'forged sources', attacker: 'forged-source', identities: 2, shutOutMs: 10_000, cut: true }
])
