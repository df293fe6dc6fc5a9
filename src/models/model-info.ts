import type { ModelInfo } from './types.ts'
import type { ModelHeader } from '../../protocols/model/index.ts'

export function modelInfo(id: string, header: ModelHeader): ModelInfo {
  const { origin, kind, round, weight, details, encoding, decodedSize, encodedSize } = header

  return { id, source: origin, kind, round, weight, details, encoding, size: decodedSize, encodedSize }
}
