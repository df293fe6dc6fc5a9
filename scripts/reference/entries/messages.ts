import type { ReferenceSection } from '../types.ts'

export const messages = {
  title: 'Messages and models',
  entries: {
    createMessage: {
      members: ['create_message'],
      here: ['overlay.createMessage()'],
      difference:
        'The fields are one object instead of positional arguments; the defaults are the same. Returns an object instead of bytes. Throws for an unknown type, action or field.'
    },
    messagesEvents: {
      members: ['get_messages_events'],
      here: ['overlay.getMessagesEvents()'],
      difference: 'Has `model` too, which has no actions.'
    },
    handleIncomingMessage: {
      members: ['handle_incoming_message'],
      here: ['overlay.addToBlacklist()', 'event message'],
      difference:
        'No call: the overlay receives by itself. A message of a blacklisted peer is dropped, whoever passes it on; its link and connection end too.'
    },
    handleMessage: {
      members: ['handle_message'],
      here: ['event message', 'event message:control:alive'],
      difference:
        'The overlay raises an event for each message, `message:TYPE:ACTION`, and `message` for all of them.'
    },
    handleModelMessage: {
      members: ['handle_model_message'],
      here: ['event model:initialization', 'event model:update'],
      difference:
        'The events of round -1 and of other rounds, as in the reference. A model comes in verified chunks and can be read while it comes, or saved to a file.'
    },
    receivedMessageHash: {
      members: ['include_received_message_hash', 'received_messages_hashes', 'receive_messages_lock'],
      here: [
        'overlay.includeReceivedMessageHash()',
        'event message:duplicate',
        'key messages.maxLocalMessages'
      ],
      difference:
        'For what the application receives by other ways: the overlay tells its own messages apart already, by number and bytes, so that a message said twice is not a duplicate. Hashes are also forgotten after `messages.seenTtl`.'
    },
    forwardMessage: {
      members: ['forward_message'],
      here: ['overlay.forwardMessage()', 'key proxy', 'event message:federation:federation_start'],
      difference:
        'The node forwards by itself, by the rules of the reference. `forwardMessage` takes a message or the bytes of a `Wrapper`; `from` is the neighbour that does not get it. Others take no message without the signature of its source: one that was received goes on as it came, and only from a proxy unless all nodes forward it; any other becomes a message of this node. `control` and `connection` messages are refused.'
    },
    sendMessage: {
      members: ['send_message', 'semaphore_send_model'],
      here: ['overlay.send()', 'overlay.sendModel()', 'key models.maxParallelSends'],
      difference:
        'Resolves when the peer has the message, and rejects without a link, where the reference does nothing. Models have a call of their own, `sendModel`, which takes files; they are compressed and signed, and go to `models.maxParallelSends` peers at a time.'
    },
    sendToNeighbours: {
      members: ['send_message_to_neighbors'],
      here: ['overlay.sendToNeighbours()'],
      difference:
        'Waits for all, and rejects with an `AggregateError` that has every failure. `peers` are the neighbours to send to, `interval` is milliseconds.'
    }
  }
} as const satisfies ReferenceSection
