import type { ConfigPath } from './keys.ts'

/** Whether a key is a limit of the node's own: a most, a rate, or a time after which something ends. */
export function isLimit(path: string): boolean {
  return /^(?!libp2p\.)(?:.*\.)?(?:max[A-Z]\w*|min\w+Rate|\w+Timeout|\w+Ttl|\w+PerSecond|\w+PerMinute|\w+Window|historySize)$/.test(
    path
  )
}

/** Why each limit has the default it has. */
export const LIMIT_REASONS: Partial<Record<ConfigPath, string>> = {
  stopTimeout:
    'Goodbyes take one second and closing connections another; what hangs must not hold the process.',

  'mdns.maxInterval': 'A quiet LAN is asked a third as often; a new node announces itself in any case.',
  'mdns.presenceTtl': 'Four of the longest intervals: three announcements may get lost.',
  'mdns.maxPeers': 'As many as links; announcements are not authenticated, and anybody can make up peers.',
  'mdns.newPeersPerSecond':
    'More than a LAN brings forth by itself; a flood of made-up ones costs no memory.',
  'mdns.maxAddrsPerPeer': 'A host with several interfaces and two transports stays below.',
  'mdns.findTimeout': 'RFC 6762 lets a responder wait 120 ms, and a second after its last answer.',

  'joining.maxRetryDelay': 'A member that comes back is linked within half a minute.',
  'joining.newDialsPerSecond':
    'What a federation of 100 could aim at somebody by a made-up announcement is no attack.',
  'joining.maxParallel': 'Finds a LAN of 50 in a few seconds without a storm of handshakes.',

  'lateJoin.maxOffersPerMinute':
    'An offer carries the model; who joins asks once, and again when its link was lost.',
  'lateJoin.maxRequestsPerMinute':
    'Each asks the engine; a node asks once for each change of its neighbours.',
  'lateJoin.offerTimeout': 'A model of 100 MB over 100 Mbit/s takes 8 s.',
  'lateJoin.confirmTimeout': 'Twice what a handshake may take, for an engine that thinks it over.',

  'links.maxLinks': 'As in the seed.',
  'links.maxPendingInbound': 'Each holds a stream and a timer; honest peers say hello within a round trip.',
  'links.handshakeTimeout': 'Several round trips over the slowest path there is.',
  'links.dialTimeout': 'As in libp2p.',
  'links.inactivityTimeout': 'As in the seed.',
  'links.silenceTimeout': 'Four intervals of `alive`: three may get lost, or wait behind bulk.',
  'links.probeTimeout': 'A busy event loop answers late; a third of the interval of `alive` is enough.',
  'links.maxRedialDelay': 'Three rounds outlast the restart of a machine, and end within three minutes.',
  'links.maxParallelRedials':
    'When the network is back all peers are lost ones: some at a time, not all at once.',
  'links.maxRedials': 'As many as links.',
  'links.maxAttempts': 'Crossing dials settle with the first answer; this is for restarts in the middle.',
  'links.goodbyeTimeout':
    'One round trip; the peer learns of the end in any case when the connection closes.',
  'links.maxStreamsPerConnection':
    'The link, an attempt that replaces it, and those that wait to be refused.',
  'links.maxHandshakesPerMinute': 'A peer that loses its link over and over retries far less often.',
  'links.maxChangesPerMinute': 'Each reaches the engine; a topology changes once in a round.',
  'links.maxLinkMessageAddrs': 'More than the neighbours of a usual topology; each may be dialled.',
  'links.maxLinkMessagesPerMinute': 'Each makes this node dial addresses of the sender’s choice.',
  'links.maxLinkMessageDialsPerMinute':
    'Four full messages at once for a node that joins; a thousand made-up identities aim no more.',
  'links.maxLinkMessageDialsPerHost':
    'The peers of one full message may share a machine; more dials in vain would be aimed at it.',
  'links.maxLinkMessagesFollowed': 'With the addresses of each, 64 dials at the same time.',

  'messages.maxLocalMessages': 'As in the seed.',
  'messages.seenTtl': 'Longer than any path through a federation takes.',
  'messages.replayWindow': 'Messages of one origin overtake each other over different paths, by far fewer.',
  'messages.maxReplayOrigins':
    'Ten for each link; where it is full, an origin of the peer that brought the most makes room.',
  'messages.maxMessageBytes':
    'Control messages are small, and models travel apart; the largest is read whole.',
  'messages.maxQueuedMessages': 'Five seconds of what one origin may have passed on.',
  'messages.maxQueuedBytes':
    'Four of the largest messages; a thousand links stay below what the budget sheds.',
  'messages.maxCoalescedBytes': 'One Noise frame: larger writes are cut anyhow, and hold up other streams.',
  'messages.writeTimeout':
    'A peer that takes no byte for so long is gone or stuck; TCP itself waits many minutes.',
  'messages.maxUnacknowledgedMessages': '20,000 a second at a round trip of 200 ms.',
  'messages.ackTimeout':
    'Above the write timeout: what was taken off the sender may still be under way for a while.',
  'messages.frameTimeout': 'The largest message over 280 kbit/s.',
  'messages.maxStreamsPerConnection': 'One is in use; others may still be closing.',

  'models.maxMemoryBytes': 'A few of the models that a node without an accelerator trains.',
  'models.maxModelBytes':
    'Above the models that are trained on such nodes. It bounds what a compressed payload may grow to.',
  'models.maxParallelSends': 'As in the seed (`semaphore_send_model`).',
  'models.maxServedPerPeer': 'One peer that asks for much leaves slots for what others ask.',
  'models.maxParallelReceives': 'All neighbours of a usual topology at the end of a round.',
  'models.maxPeerShare': 'Two peers that offer much leave each other room; a third one finds some, too.',
  'models.minReceiveRate': 'The smallest chunk in a second; 1 GiB takes more than four hours at it.',
  'models.maxSources': 'More offers of the same model say nothing new.',
  'models.maxParallelSources': 'A slow source does not hold up the whole; more than a few only compete.',
  'models.requestWindow': 'Fills 1 Gbit/s up to 16 ms away, and lets messages through in between.',
  'models.maxRelaysPerMinute':
    'An origin makes one model in a round, and a round takes longer than three seconds.',
  'models.answerTimeout': 'The peer looks into a table; the rest is its event loop.',
  'models.stallTimeout': 'As for messages: a peer that moves nothing for so long is gone or stuck.',
  'models.requestTimeout': 'A peer takes an offer by asking for a part; the rest is its event loop.',
  'models.slotTimeout': 'Some round trips, in which an honest peer asks for more.',
  'models.idleTimeout': 'A peer with many models to fetch may keep one waiting for a round.',
  'models.maxStreamsPerConnection':
    'Transfers both ways of all models of a round, and those that are closing.',
  'models.maxStoredBytes': 'Four of the largest; on disk, not in memory.',
  'models.maxStoredModels': 'Each holds an open file, of which a process may have 1,024 by default.',
  'models.modelTtl': 'A neighbour that was away for some rounds still finds the newest.',
  'models.maxRaisedModels': 'Twice what a neighbour keeps, should all of it be of one origin.',
  'models.maxRaisedOrigins': 'Two for each link: 40 MB when all is full.',

  'propagation.historySize': 'As in the seed.',

  'forwarding.maxHops': 'A federation of a thousand with three neighbours each is seven wide.',
  'forwarding.maxQueue': 'Ten batches.',
  'forwarding.maxQueueBytes': 'Eight of the largest messages.',
  'forwarding.maxPerSecond':
    'Half of what a neighbour verifies for one peer, so that a flood cannot discredit who passes it on.',
  'forwarding.maxPerOrigin':
    'A node sends a few in a round; each costs a signature and a write for each neighbour.',
  'forwarding.maxOriginsPerMinute':
    'One for each link; half of what a neighbour takes of one peer, which may count two of these minutes as one.',

  'proxying.maxMessageBytes': 'The same as without a proxy.',
  'proxying.maxHops': 'Two proxies connect two networks; two more for a detour.',
  'proxying.maxFanOut': 'With the hops, 256 nodes at most work for one request.',
  'proxying.maxRequests': 'With the largest messages 128 MiB.',
  'proxying.maxRequestsPerClient': 'Each may hold the largest message; sixteen clients fill the whole.',
  'proxying.maxRequestsPerSecond':
    'Control messages of a node that reaches its neighbours through a proxy alone.',
  'proxying.maxBytesPerSecond': 'Four of the largest messages; models do not go through a proxy.',
  'proxying.maxRemembered': 'As many as messages are remembered.',
  'proxying.closeTimeout': 'As for all streams.',
  'proxying.maxStreamsPerConnection': 'The requests of one client at once, and those that are closing.',

  'limits.maxBufferedBytes':
    'Some megabytes may wait for one peer, which must not be so for a thousand at once.',
  'limits.maxMessagesPerSecond':
    'Above what one core handles: no honest burst is slowed. Lower it where several share a machine.',
  'limits.maxBytesPerSecond': 'Above what one core decrypts. Lower it where several share a network.',
  'limits.maxForeignMessagesPerSecond':
    'Twice what an honest node passes on; a signature takes a tenth of a millisecond of a core.',
  'limits.maxNewOriginsPerMinute':
    'Twice what an honest node passes on; a fifth of the origins whose numbers are kept.',
  'limits.maxHeldBack': 'A burst of honest messages is over; what still comes is a flood.',
  'limits.maxStreamsPerMinute':
    'Twice the requests that a client may make of a proxy; a link needs two, each model one.',
  'limits.maxConnectionsPerMinute': 'One carries everything; a peer that heals opens a few.',

  'restrictions.blacklistTtl': 'As in the seed.',
  'restrictions.recentlyDisconnectedTtl': 'As in the seed.',
  'restrictions.maxEntries': 'Ten for each link.',
  'restrictions.maxAddresses': 'Typed by an operator, or one for each peer that was shut out.',

  'score.maxPeers': 'Ten for each link; what is worst is kept.',
  'score.maxOpinions': 'Ten for each link.',
  'score.maxOpinionsPerNeighbour': 'One for each peer that it can have a link with.',
  'score.opinionTtl': 'A few rounds; a neighbour that still thinks so says it again.',

  'score.maxMessageRate': 'A federation of a hundred nodes needs a fiftieth of it.',
  'score.maxMessageBurst': 'After an outage all the queues of the nodes behind a proxy may be full.',

  'connections.maxConnections':
    'Above the links: a connection that is surplus, or has no link yet, is not refused for want of room.',
  'connections.maxIdlePercent':
    'What is left is more than a host may open in a second; below it idle peers stay in peace.',
  'connections.idleTimeout': 'A peer that wants a link says so within a round trip.',
  'connections.maxKnownPeers': 'All that are linked, and as many that were.',
  'connections.strangerTtl':
    'Identify may write for five seconds after a connection has closed; nobody needs it for longer.',
  'connections.maxParallelDials': 'As in libp2p.',
  'connections.maxPeerAddrsToDial': 'As in libp2p.',
  'connections.inboundPerSecond': 'libp2p’s 5 refuse nodes that share a machine or a router.',
  'connections.maxIncomingPending':
    'libp2p’s 10 refuse a federation that starts together. Each is over after ten seconds.',
  'connections.maxInboundStreams': 'Over all protocols, each of which holds a lower bound of its own.',
  'connections.maxOutboundStreams': 'As inbound.',
  'connections.maxStreamWindowBytes':
    'Bounds the frame of a bulk stream, behind which control messages wait.',
  'connections.maxReadBufferBytes':
    'As in libp2p; above the window, or a paused stream is reset by what is still under way.',
  'connections.pingTimeout':
    'Long enough for an event loop that is busy with learning; libp2p’s 5 s are not.',

  'relay.maxReservations': 'libp2p’s 15 are less than a small federation.',
  'relay.maxConnectionsPerClient':
    'As the streams of any protocol in libp2p; one client must not fill the relay.',
  'relay.maxConnectionsPerTarget':
    'All of a small federation may want one; libp2p’s 300 let one node fill a relay.',
  'relay.reservationTtl': 'As in libp2p.',
  'relay.hopTimeout': 'As in libp2p.',
  'relay.maxDuration': 'As in libp2p, where a relay is only to find a direct way.',
  'relay.maxBytes': 'As in libp2p.',

  'http.maxConnections': 'A page, a command or two and a collector of metrics; each holds a socket.',
  'http.maxBodyBytes': 'The longest sensible one is a message with its fields; models are sent as files.',
  'http.maxEventClients': 'Each holds a connection and may hold a buffer.',
  'http.maxEventBufferBytes':
    'More than the longest event takes: a message of 1 MiB whose every byte JSON writes as six.'
}
