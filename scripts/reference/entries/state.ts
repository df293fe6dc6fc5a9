import type { ReferenceSection } from '../types.ts'

export const state = {
  title: 'Properties and what they tell',
  entries: {
    engine: {
      members: ['engine'],
      here: ['createNode()', 'engine.updateNeighbours()'],
      difference:
        'The application passes its engine and keeps it: the overlay does not hand it out. Each method returns its answer or, as in the reference, a promise of it. `updateNeighbours` is called when a neighbour is added, too; the class of the reference calls it only when one is removed. A neighbour whose link was lost is removed when it is given up, as in the reference, or at once (`links.neighbourLoss`).'
    },
    round: {
      members: ['get_round'],
      here: ['engine.round()', 'overlay.link()'],
      difference:
        'Engines count rounds from 0; `null` stands for none yet. Peers see it as `LinkInfo.round`, which follows the handshake, messages and models.'
    },
    learningFinished: {
      members: ['learning_finished'],
      here: ['engine.learningCycleFinished()'],
      difference:
        'The engine says so. As in the reference, no link is opened, accepted or made again then, and messages still go. Models do not, unless the engine says `modelsWhenFinished`.'
    },
    connections: {
      members: ['connections'],
      here: ['overlay.links()', 'overlay.link()'],
      difference:
        'Snapshots of the links: direct or not, priority, round, readiness, activity, messages and bytes each way. A link that was lost and is being made again is shown on demand, with the state `reconnecting`.'
    },
    locks: {
      members: [
        'get_connections_lock',
        'connections_lock',
        'connections_manager_lock',
        'connection_attempt_lock_incoming',
        'connection_attempt_lock_outgoing'
      ],
      here: ['overlay.links()'],
      difference: 'Not needed: snapshots do not change, and each peer has one state machine for its link.'
    },
    messagesManager: {
      members: ['mm'],
      here: ['overlay.createMessage()', 'overlay.getMessagesEvents()'],
      difference: 'Its methods are those of the overlay.'
    },
    discoverer: {
      members: ['discoverer'],
      here: [
        'key location.latitude',
        'key location.longitude',
        'key location.interval',
        'engine.location()',
        'overlay.location',
        'overlay.link()',
        'event beacon'
      ],
      difference:
        'Neighbours are told at once and at the interval. The location may also come from the engine (`location()`), and beacons carry it. What a peer tells is `LinkInfo.location`.'
    },
    health: {
      members: ['health'],
      here: ['key links.aliveInterval', 'event message:control:alive'],
      difference:
        '`None` in the reference. Here the node sends `alive` where it sends nothing else, asks a silent peer with a ping, and closes its link after `links.silenceTimeout`.'
    },
    forwarder: {
      members: ['forwarder'],
      here: ['key proxy', 'key forwarding.types', 'key forwarding.maxHops'],
      difference:
        'Runs by itself; `forwarding.types` says what a proxy forwards, the other keys `forwarding.*` set its bounds.'
    },
    propagator: {
      members: ['propagator'],
      here: ['overlay.propagator', 'overlay.propagator.run()', 'overlay.propagator.register()'],
      difference:
        'The strategies of the reference, `initialization` and `stable`, and your own. Sends each neighbour the model of a round once.'
    },
    externalConnectionService: {
      members: ['ecs'],
      here: ['overlay.findFederation()', 'overlay.startBeacon()'],
      difference: 'Its methods are those of the overlay.'
    },
    blacklist: {
      members: ['bl'],
      here: ['overlay.restrictions()', 'key dataDir'],
      difference: 'Its methods are those of the overlay. It outlasts a restart when the node has a `dataDir`.'
    },
    config: {
      members: ['get_config', 'config'],
      here: ['node.config'],
      difference:
        'The configuration as it was resolved. It does not change: neighbours are `peers()`, and are linked again after a restart (`links.remember`).'
    },
    address: {
      members: ['get_addr', 'addr', 'host', 'port', 'id'],
      here: ['overlay.peerId', 'node.libp2p.getMultiaddrs()'],
      difference:
        'A node is named by its PeerId, which it proves with its key, and has any number of addresses. An address alone proves nothing, and changes.'
    },
    string: {
      members: ['__str__'],
      here: ['overlay.toString()'],
      difference: 'Federation, PeerId, state and links. `util.inspect` shows the same.'
    },
    checkFederationReady: {
      members: ['check_federation_ready'],
      here: ['overlay.checkFederationReady()', 'event federation:ready'],
      difference:
        'Looks at the direct links, the topology of the federation, and is false without any. Returns `false` instead of `None`. Readiness holds when a link is lost and made again, and ends when one of the two disconnects. An event tells when it becomes true.'
    },
    addReadyConnection: {
      members: ['add_ready_connection', 'ready_connections'],
      here: ['overlay.addReadyConnection()', 'overlay.readyPeers()'],
      difference:
        'The message `federation_ready` of a peer also marks it. A peer without a link counts once it is linked.'
    },
    readyConnections: {
      members: ['get_ready_connections'],
      here: ['overlay.learningPeers()'],
      difference:
        'The linked peers that have begun round 0 or a later one, as in the reference; `readyPeers` are those that are marked ready.'
    }
  }
} as const satisfies ReferenceSection
