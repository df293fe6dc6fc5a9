import assert from 'node:assert/strict'
import { describeAttacks } from './support/describe-attacks.ts'
import { newcomerLinks, untilOpened } from './support/newcomer.ts'

const MAX_LINKS = 16
const MAX_CONNECTIONS = 20

describeAttacks(
  'attacks by connections',
  [
    {
      name: 'half-open handshakes by the thousand',
      attacker: 'half-open',
      shutOutMs: null,
      check: async (context) => {
        await untilOpened(context, 10_000)
        await newcomerLinks(context)
      }
    },
    {
      name: 'one peer that connects and leaves',
      attacker: 'churn',
      args: () => ({ same: true }),
      shutOutMs: 60_000,
      check: newcomerLinks
    },
    {
      name: 'ever other peers that connect and leave',
      attacker: 'churn',
      shutOutMs: null,
      check: async (context) => {
        await untilOpened(context, 200)
        await newcomerLinks(context)
      }
    },
    { name: 'streams that are opened and reset', attacker: 'stream-churn', shutOutMs: 60_000 }
  ],
  // what nodes need is far less; the default leaves room for a busy proxy
  { config: { limits: { maxStreamsPerMinute: 600 } } }
)

describeAttacks(
  'attacks on the number of links',
  [
    {
      name: 'more identities than links',
      attacker: 'many-links',
      args: () => ({ identities: 40 }),
      shutOutMs: null,
      check: async (context) => {
        await untilOpened(context, 2 * 40 * context.targets.length)

        for (const target of context.targets) {
          const links = await target.call('links')

          assert.equal(links.length, MAX_LINKS, `${target.label} has ${links.length} links`)
        }
      }
    }
  ],
  { config: { links: { maxLinks: MAX_LINKS } } }
)

describeAttacks(
  'attacks on the number of connections',
  [
    {
      name: 'more identities that connect and do nothing than connections',
      attacker: 'idle-connections',
      args: () => ({ identities: 2 * MAX_CONNECTIONS }),
      targets: ({ nodes }) => nodes.slice(0, 1),
      shutOutMs: null,
      check: async (context) => {
        await untilOpened(context, 2 * MAX_CONNECTIONS)
        await newcomerLinks(context)
      },
      cut: true
    }
  ],
  { config: { links: { maxLinks: MAX_LINKS }, connections: { maxConnections: MAX_CONNECTIONS } } }
)
