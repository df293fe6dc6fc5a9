/**
 * Whether a log of LevelDB is damaged. LevelDB itself drops what it cannot read
 * of a log without a word, and with it what a node knew of its peers, such as
 * whom it had shut out. Its format: leveldb/doc/log_format.md.
 */

const BLOCK_BYTES = 32_768
/** Checksum, length, type. */
const HEADER_BYTES = 7
const MASK_DELTA = 0xa282ead8
/** The reflected polynomial of CRC-32C (RFC 3720), which `node:zlib` does not have. */
const POLYNOMIAL = 0x82f63b78

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte

  for (let bit = 0; bit < 8; bit++) {
    crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
  }

  return crc
})

/**
 * Reads every record. One that the file ends within was being written when the
 * process or the machine ended, and so may be the last one, whole or not: that
 * is how a log may look, and LevelDB goes on without it.
 */
export function isLogDamaged(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0

  while (at + HEADER_BYTES <= bytes.byteLength) {
    const left = BLOCK_BYTES - (at % BLOCK_BYTES)

    if (left < HEADER_BYTES) {
      at += left
      continue
    }

    const length = view.getUint16(at + 4, true)
    const end = at + HEADER_BYTES + length

    // no more was written than that, or a block was made ready and not used
    if (end >= bytes.byteLength || isEmpty(bytes.subarray(at))) {
      return length > left - HEADER_BYTES && !isEmpty(bytes.subarray(at))
    }

    if (
      length > left - HEADER_BYTES ||
      view.getUint32(at, true) !== masked(crc32c(bytes.subarray(at + 6, end)))
    ) {
      return true
    }

    at = end
  }

  return false
}

function isEmpty(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}

function crc32c(bytes: Uint8Array): number {
  let crc = 0xffff_ffff

  for (const byte of bytes) {
    crc = (TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8)
  }

  return ~crc >>> 0
}

/** LevelDB stores checksums so that one of bytes that hold checksums is no special case. */
function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0
}
