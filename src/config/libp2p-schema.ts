/** The options of libp2p that are plain data, under the names that libp2p gives them. */
import { z } from 'zod'
import { choice, count, duration, flag, optionalText, orNull, text } from './fields.ts'

const isPath = (value: string): boolean => value !== '' && !value.startsWith('~') && !value.includes('\0')

export const libp2pSchema = z
  .strictObject({
    module: optionalText('file', 'the path of a file, without a leading ~', isPath)
      .default(null)
      .describe(
        'JavaScript or TypeScript module with options of libp2p: its default export, or what the function exported returns for the configuration. A relative path starts at the working directory.'
      ),
    swarmKey: optionalText('file', 'the path of a file, without a leading ~', isPath)
      .default(null)
      .describe(
        'File with the key of a private network (`/key/swarm/psk/1.0.0/`): only nodes that hold it can connect.'
      ),
    nodeInfo: z
      .strictObject({
        userAgent: orNull(text('text', '1 to 128 characters', ({ length }) => length > 0 && length <= 128))
          .default(null)
          .describe(
            'What identify tells peers of the software, null for the name and version of the product.'
          )
      })
      .prefault({})
      .describe('What libp2p tells of the node.'),
    connectionManager: z
      .strictObject({
        addressDialTimeout: orNull(duration())
          .default(null)
          .describe("How long one address of a peer is dialled, null for libp2p's default."),
        connectionCloseTimeout: orNull(duration())
          .default(null)
          .describe("How long a connection may take to close, null for libp2p's default."),
        maxDialQueueLength: orNull(count())
          .default(null)
          .describe("Dials that may wait, null for libp2p's default."),
        inboundStreamProtocolNegotiationTimeout: orNull(duration())
          .default(null)
          .describe("How long a peer may take to name the protocol of a stream, null for libp2p's default."),
        outboundStreamProtocolNegotiationTimeout: orNull(duration())
          .default(null)
          .describe("How long a peer may take to accept the protocol of a stream, null for libp2p's default.")
      })
      .prefault({})
      .describe("libp2p's connection manager, beside what `connections` sets."),
    connectionMonitor: z
      .strictObject({
        enabled: orNull(flag())
          .default(null)
          .describe("Whether connections are pinged; null for libp2p's default, which is to ping them."),
        abortConnectionOnPingFailure: orNull(flag())
          .default(null)
          .describe(
            "Whether a connection ends whose ping fails; null for libp2p's default, which is that it ends."
          )
      })
      .prefault({})
      .describe("libp2p's connection monitor, beside what `connections` sets."),
    transportManager: z
      .strictObject({
        faultTolerance: orNull(choice(['fatal-all', 'no-fatal']))
          .default(null)
          .describe(
            'Whether the node starts when it can listen on none of its addresses ("no-fatal"); null for libp2p\'s default, which is to fail.'
          )
      })
      .prefault({})
      .describe("libp2p's transport manager."),
    peerStore: z
      .strictObject({
        maxAddressAge: orNull(duration())
          .default(null)
          .describe(
            "How long an address of a peer is kept that was not seen again, null for libp2p's default."
          ),
        maxPeerAge: orNull(duration())
          .default(null)
          .describe("How long a peer is kept that was not seen again, null for libp2p's default.")
      })
      .prefault({})
      .describe("libp2p's peer store.")
  })
  .prefault({})
  .describe("libp2p's own options that are plain data, and the module that holds the others.")
