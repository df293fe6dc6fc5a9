/** What a warning is about, by code. */
export const WARNING_CODES = {
  'mdns-port-taken': 'Another program holds the mDNS port and does not share it: the LAN cannot be asked.',
  'mdns-no-multicast': 'No interface takes multicast: the LAN cannot be asked.',
  'mdns-no-address': 'There is no address that other nodes could dial: this node cannot be found.',
  'clock-differs':
    "The clock of a peer differed from this node's clock when they linked. Ends when this node's clock is set right, or with the next link to the peer.",
  'member-not-joined': 'A member that was found cannot be linked with. It is tried again.',
  'messages-taken-for-replays': "Peers take this node's messages for replays and drop them.",
  'store-not-written': 'What the node keeps on disk cannot be written; it is kept in memory meanwhile.',
  'store-entries-dropped':
    'The disk has taken nothing for so long that the oldest of what the node has learnt of peers is dropped.',
  'disk-full': 'The disk has no room for a model.',
  'relay-not-reserved': 'A relay given as a listen address holds no reservation for this node.',
  'control-socket-not-made':
    'The Unix socket of the control API cannot be made; the port and the token are there.',
  'controller-not-reached': 'The controller does not answer, or refuses this node.',
  'engine-failed': 'A method of the engine throws, returns a wrong type, or does not return in time.'
} as const
