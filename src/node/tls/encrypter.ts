import { connect, TLSSocket } from 'node:tls'
import { InvalidCryptoExchangeError, serviceCapabilities, TimeoutError } from '@libp2p/interface'
import { createCertificate, verifyCertificate } from './certificate.ts'
import { EncryptedStream, toDuplex } from './encrypted-stream.ts'
import { toError } from '../../lib/to-error.ts'
import type { Certificate } from './certificate.ts'
import type {
  ComponentLogger,
  ConnectionEncrypter,
  MessageStream,
  PrivateKey,
  SecureConnectionOptions,
  SecuredConnection,
  StreamMuxerFactory,
  Upgrader
} from '@libp2p/interface'

export interface TlsComponents {
  privateKey: PrivateKey
  upgrader: Upgrader
  logger: ComponentLogger
}

const PROTOCOL = '/tls/1.0.0'
/** What is agreed upon by ALPN where no muxer is. */
const NO_MUXER = 'libp2p'

/**
 * `/tls/1.0.0` as `@libp2p/tls` speaks it, but for the dates of certificates:
 * that package refuses a peer whose clock is an hour ahead of its own.
 */
export function timelessTls(): (components: TlsComponents) => ConnectionEncrypter {
  return (components) => new TimelessTls(components)
}

class TimelessTls implements ConnectionEncrypter {
  readonly protocol = PROTOCOL
  readonly [Symbol.toStringTag] = 'timeless-tls'
  readonly [serviceCapabilities]: string[] = ['@libp2p/connection-encryption']
  readonly #components: TlsComponents
  #certificate?: Promise<Certificate>

  constructor(components: TlsComponents) {
    this.#components = components
  }

  async secureInbound(stream: MessageStream, options?: SecureConnectionOptions): Promise<SecuredConnection> {
    return this.#secure(stream, 'server', options)
  }

  async secureOutbound(stream: MessageStream, options?: SecureConnectionOptions): Promise<SecuredConnection> {
    return this.#secure(stream, 'client', options)
  }

  async #secure(
    stream: MessageStream,
    side: 'client' | 'server',
    { remotePeer: expected, signal, skipStreamMuxerNegotiation }: SecureConnectionOptions = {}
  ): Promise<SecuredConnection> {
    const muxers = this.#components.upgrader.getStreamMuxers()
    let muxer: StreamMuxerFactory | undefined

    this.#certificate ??= createCertificate(this.#components.privateKey)

    const certificate = await this.#certificate

    signal?.throwIfAborted()

    const duplex = toDuplex(stream)
    const options = {
      ...certificate,
      minVersion: 'TLSv1.3',
      maxVersion: 'TLSv1.3',
      // every certificate is self-signed; `verifyCertificate` judges it
      rejectUnauthorized: false,
      ALPNProtocols: [...(skipStreamMuxerNegotiation === true ? [] : muxers.keys()), NO_MUXER]
    } as const
    const socket =
      side === 'client'
        ? connect({ ...options, socket: duplex })
        : new TLSSocket(duplex, {
            ...options,
            isServer: true,
            requestCert: true,
            ALPNCallback: ({ protocols }) => {
              const chosen = protocols.find((name) => muxers.has(name))

              muxer = chosen == null ? undefined : muxers.get(chosen)

              return chosen ?? protocols.find((name) => name === NO_MUXER)
            }
          })
    const secured = Promise.withResolvers<void>()
    const fail = (err: Error): void => {
      socket.destroy()
      stream.abort(err)
      secured.reject(err)
    }
    const onClose = (): void => fail(new InvalidCryptoExchangeError('The peer closed the connection'))
    const onAbort = (): void => fail(new TimeoutError('The TLS handshake took too long'))

    duplex.on('error', fail)
    socket.on('error', fail)
    socket.once('close', onClose)
    socket.once('secure', secured.resolve)
    signal?.addEventListener('abort', onAbort, { once: true })

    try {
      await secured.promise

      const remotePeer = await verifyCertificate(certificateOf(socket), expected)

      if (side === 'client' && skipStreamMuxerNegotiation !== true) {
        muxer = this.#agreedMuxer(socket.alpnProtocol)
      }

      return { remotePeer, connection: new EncryptedStream(stream, socket), streamMuxer: muxer }
    } catch (err) {
      const error = toError(err)

      fail(error)
      throw error
    } finally {
      socket.removeListener('close', onClose)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  #agreedMuxer(name: string | false | null): StreamMuxerFactory | undefined {
    if (typeof name !== 'string' || name === NO_MUXER) {
      return undefined
    }

    const muxer = this.#components.upgrader.getStreamMuxers().get(name)

    if (muxer == null) {
      throw new InvalidCryptoExchangeError(`The peer chose a muxer that there is not: ${name}`)
    }

    return muxer
  }
}

function certificateOf(socket: TLSSocket): Uint8Array {
  const { raw } = socket.getPeerCertificate()

  // an object without fields when there is none
  if (!(raw instanceof Uint8Array)) {
    throw new InvalidCryptoExchangeError('The peer has shown no certificate')
  }

  return raw
}
