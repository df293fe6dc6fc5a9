import type { ReferenceSection } from '../types.ts'

export const lifeCycle = {
  title: 'Making, starting and stopping',
  entries: {
    instance: {
      members: ['get_instance', '__new__'],
      here: ['node.nebula'],
      difference:
        'There is no singleton: a process may run several nodes. The overlay is `libp2p.services.nebula`, and `nebula` of a node of `createNode`.'
    },
    constructor: {
      members: ['__init__'],
      here: ['createNode()', 'engine.round()'],
      difference:
        '`createNode(config, { engine })` makes the whole node, `nebula({ engine })` the service for a libp2p node of your own. The engine does not bring the address and the configuration: they are `config`.'
    },
    startCommunications: {
      members: ['start_communications'],
      here: ['overlay.startCommunications()', 'key direct', 'key waitForDirect'],
      difference:
        'Takes PeerIds and multiaddrs, dials all at once, and resolves when all are linked. `graceTime` is the cold start time. It rejects at `timeout` with the neighbours that are missing, where the reference waits forever. Each neighbour is dialled again whenever its link is lost. The key `direct` does the same from the start of the node, and with `waitForDirect` the start waits for them.'
    },
    start: {
      members: ['start', 'deploy_network_engine', 'network_engine', 'network_task', 'loop'],
      here: ['node.start()', 'key listen'],
      difference:
        'Listens on any number of TCP and WebSocket addresses. `createNode` starts the node, unless it is told `start: false`. libp2p runs the server.'
    },
    additionalServices: {
      members: ['deploy_additional_services'],
      here: ['node.start()', 'overlay.propagator.propagate()'],
      difference:
        'No call: forwarding and propagation run from the start of the node, so that a message which arrives before all neighbours are linked is forwarded too.'
    },
    running: {
      members: ['is_running'],
      here: ['overlay.running'],
      difference: 'A property.'
    },
    stopped: {
      members: ['network_wait', 'stop_network_engine'],
      here: ['overlay.stopped()'],
      difference: 'Takes a signal. Resolves at once when the overlay does not run.'
    },
    stop: {
      members: ['stop'],
      here: ['node.stop()', 'key stopTimeout', 'event link:close'],
      difference:
        'Says goodbye to every peer first, so that none dials this node again, and ends within `stopTimeout`.'
    }
  }
} as const satisfies ReferenceSection
