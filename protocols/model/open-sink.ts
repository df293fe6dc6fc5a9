import { ModelProtocolError, ModelRefusedError } from './errors.ts'
import { contentId, openHeader } from './header.ts'
import { SinkEnd } from './sink-end.ts'
import type { ModelStream } from './model-stream.ts'
import type { SignedHeader } from './types.ts'
import type { AbortOptions } from '@libp2p/interface'

/**
 * Says what is wanted and reads the answer.
 *
 * @param signed - the header, unless that is wanted, too
 * @throws {ModelRefusedError} when the peer does not serve the model
 * @throws {ModelProtocolError | InvalidModelHeaderError} when it answers with something else
 * @throws {ModelTimeoutError | ModelStreamEndedError} when it does not answer
 */
export async function openSink(
  stream: ModelStream,
  id: string,
  signed: SignedHeader | undefined,
  options?: AbortOptions
): Promise<SinkEnd> {
  await stream.send({ type: 'want', id, header: signed == null, ranges: [] }, options)

  const frame = await stream.readFirst(options)

  if (frame.type === 'cancel' || (frame.type === 'answer' && frame.status === 'REFUSE')) {
    void stream.leave()

    throw new ModelRefusedError(frame.reason, `The peer does not serve the model (${frame.reason})`)
  }

  if (signed != null && frame.type === 'answer' && frame.status === 'ACCEPT') {
    return new SinkEnd(stream, signed, { offered: false, complete: frame.complete })
  }

  if (signed == null && frame.type === 'offer' && contentId(frame.header) === id) {
    const opened = await openHeader(frame.header, frame.signature, options)

    return new SinkEnd(stream, opened, { offered: false, complete: frame.complete })
  }

  throw new ModelProtocolError(`Frame "${frame.type}" is no answer to what was wanted`)
}
