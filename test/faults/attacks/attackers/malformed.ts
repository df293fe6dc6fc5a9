/** Breaks every rule of the frames of every protocol, each with an identity of its own. */
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { malformations } from '../support/malformations.ts'
import { HANDSHAKE } from '../support/protocols.ts'
import { push } from '../support/push.ts'
import type { Target } from '../support/attacker.ts'
import type { Malformation } from '../support/malformations.ts'

const { targets, only } = attackArgs()

for (const malformation of malformations.slice(0, Number(only ?? malformations.length))) {
  const attacker = await Attacker.create()

  for (const target of targets) {
    void attacker.insist(target, async () => offend(attacker, target, malformation))
  }
}

async function offend(
  attacker: Attacker,
  target: Target,
  { protocol, onLink, bytes }: Malformation
): Promise<void> {
  if (protocol === HANDSHAKE && onLink !== true) {
    const attempt = await attacker.open(target, HANDSHAKE)

    attacker.offend(target)
    await push(attempt, await bytes(attacker))

    return
  }

  const link = await attacker.link(target)
  const stream = protocol === HANDSHAKE ? link : await attacker.open(target, protocol)

  attacker.offend(target)
  await push(stream, await bytes(attacker))
}
