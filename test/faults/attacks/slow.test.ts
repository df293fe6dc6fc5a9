import { PATIENCE_MS } from '../../support/patience.ts'
import { newcomerLinks, untilOpened } from './support/newcomer.ts'
import { describeAttacks } from './support/describe-attacks.ts'
import type { AttackContext } from './support/attack.ts'

const TIMEOUT_MS = 2_000
const PUSHED = { count: 30, padding: 100_000 }

describeAttacks(
  'slow attacks',
  [
    {
      name: 'a Hello that comes byte by byte',
      attacker: 'slow-writer',
      args: () => ({ kind: 'hello' }),
      shutOutMs: 60_000
    },
    {
      name: 'handshakes of many that are begun and never go on',
      attacker: 'half-open-links',
      identities: 20,
      shutOutMs: 60_000,
      meanwhile: async (context) => {
        await untilOpened(context, 300)
        await newcomerLinks(context)
      }
    },
    {
      name: 'a message that comes byte by byte',
      attacker: 'slow-writer',
      args: () => ({ kind: 'envelope' }),
      shutOutMs: 60_000
    },
    {
      name: 'chunks of models that come byte by byte',
      attacker: 'slow-writer',
      args: () => ({ kind: 'chunk' }),
      ignoredMs: 30_000,
      shutOutMs: 150_000
    },
    {
      name: 'answers of a handshake that are not read',
      attacker: 'slow-reader',
      args: () => ({ kind: 'handshake' }),
      shutOutMs: 60_000
    },
    {
      name: 'messages that are not read',
      attacker: 'slow-reader',
      args: () => ({ kind: 'message' }),
      shutOutMs: 60_000,
      meanwhile: async (context) => keepSending(context)
    },
    {
      name: 'models that are not read',
      attacker: 'slow-reader',
      args: () => ({ kind: 'model' }),
      shutOutMs: 60_000
    }
  ],
  {
    config: {
      links: { handshakeTimeout: TIMEOUT_MS },
      messages: { writeTimeout: TIMEOUT_MS, frameTimeout: TIMEOUT_MS },
      models: { stallTimeout: TIMEOUT_MS, answerTimeout: TIMEOUT_MS },
      restrictions: { recentlyDisconnectedTtl: 500 }
    }
  }
)

describeAttacks(
  'slow attacks on proxies',
  [
    {
      name: 'a request to a proxy that comes byte by byte',
      attacker: 'slow-writer',
      args: () => ({ kind: 'delivery' }),
      shutOutMs: 60_000
    },
    {
      name: 'answers of a proxy that are not read',
      attacker: 'slow-reader',
      args: () => ({ kind: 'answer' }),
      shutOutMs: 60_000
    },
    {
      name: 'messages by way of a proxy that are not read',
      attacker: 'slow-reader',
      args: () => ({ kind: 'delivery' }),
      shutOutMs: 60_000
    }
  ],
  {
    config: {
      proxy: true,
      proxying: { timeout: TIMEOUT_MS, closeTimeout: TIMEOUT_MS },
      restrictions: { recentlyDisconnectedTtl: 500 }
    }
  }
)

/** All targets have much to say to the attacker, whenever it has a link, until it is shut out by all. */
async function keepSending({ attacker, targets }: AttackContext): Promise<void> {
  await attacker.untilOffences(targets.length, PATIENCE_MS)
  const [peer = ''] = attacker.identities

  for (const target of targets) {
    void (async () => {
      while (!target.eventsOf(peer).some(({ event }) => event === 'peer:blacklisted')) {
        await target.call('push', { peer, ...PUSHED })
        await new Promise<void>((resolve) => setTimeout(resolve, 500))
      }
    })().catch(() => {})
  }
}
