import type { ReferenceSection } from '../types.ts'

export const connections = {
  title: 'Connections',
  entries: {
    connect: {
      members: ['connect', 'establish_connection'],
      here: ['overlay.connect()', 'overlay.setDirect()', 'event link:open', 'event link:upgrade'],
      difference:
        'Takes a PeerId or multiaddrs. Resolves with the link, and rejects with the reason why there is none, where the reference returns before it knows. A link that becomes direct does so at both ends. `reconnect` is not needed: a lost direct link is always made again.'
    },
    handleConnection: {
      members: [
        'handle_connection',
        'handle_connection_wrapper',
        'pending_connections',
        'incoming_connections',
        'outgoing_connections'
      ],
      here: ['overlay.connect()', 'event link:open'],
      difference:
        'No call: the overlay answers handshakes by itself, with the statuses of the reference and a reason for each CLOSE. Attempts that cross become one link; the PeerIds decide, so that it works between nodes of one host too.'
    },
    maxConnections: {
      members: ['max_connections'],
      here: ['key links.maxLinks'],
      difference: 'Also 1,000 by default. Holds for the links that this node opens, too.'
    },
    disconnect: {
      members: ['disconnect'],
      here: ['overlay.disconnect()', 'event link:close'],
      difference:
        '`mutual` and `forced` are as in the reference. The peer is also recently disconnected, unless `restrict` is false.'
    },
    runReconnections: {
      members: ['run_reconnections', 'connections_reconnect'],
      here: [
        'overlay.runReconnections()',
        'overlay.redialling()',
        'event link:redial',
        'key links.redialDelay'
      ],
      difference:
        'Lost direct links are made again by themselves, with growing pauses; the call ends the pauses. `redialling` tells which peers are dialled again, `link:redial` when.'
    },
    terminateFailedReconnection: {
      members: ['terminate_failed_reconnection'],
      here: ['overlay.terminateFailedReconnection()'],
      difference:
        'Takes the PeerId. The overlay calls it by itself after `links.redialRounds`; `false` when the peer is not being dialled again.'
    },
    clearUnused: {
      members: ['clear_unused_undirect_connections'],
      here: ['overlay.clearUnusedUndirectConnections()', 'key links.inactivityTimeout'],
      difference: 'Also happens by itself. Returns whose links were closed.'
    },
    verifyConnections: {
      members: ['verify_connections'],
      here: ['overlay.verifyConnections()'],
      difference: 'Synchronous.'
    },
    verifyAnyConnections: {
      members: ['verify_any_connections'],
      here: ['overlay.verifyAnyConnections()'],
      difference: 'Synchronous.'
    },
    allAddresses: {
      members: ['get_all_addrs_current_connections'],
      here: ['overlay.peers()'],
      difference: 'The PeerIds; `links()` with the same filters has the addresses.'
    },
    addresses: {
      members: ['get_addrs_current_connections'],
      here: ['overlay.peers()'],
      difference: 'The same call, with `myself`.'
    }
  }
} as const satisfies ReferenceSection
