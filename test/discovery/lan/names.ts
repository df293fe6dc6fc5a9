import { defaultLogger } from '@libp2p/logger'
import { mdns } from '@libp2p/mdns'
import { AnswerReader } from '../../../src/discovery/lan/answer-reader.ts'
import { serviceNames } from '../../../src/discovery/lan/service-names.ts'
import type { AddressManager } from '@libp2p/interface-internal'

export const NAMES = serviceNames('lab', 'thisnode')
export const OTHERS = serviceNames('lab', 'othernode')

/** `@libp2p/mdns` as this node has it. */
export function answerReader(): AnswerReader {
  const addressManager = { getAddresses: () => [] } as Pick<AddressManager, 'getAddresses'>

  return new AnswerReader(
    mdns,
    { addressManager: addressManager as AddressManager, logger: defaultLogger() },
    NAMES
  )
}
