/**
 * How the generated code writes `uint64` and `int64`. protons-runtime's own
 * functions write 2^31 to 2^32-1, and some negative numbers, wrongly; the test
 * `test/proto/protons-runtime.test.ts` shows it.
 */
import type { Writer } from 'protons-runtime';
/** @throws {RangeError} when the field cannot hold the number */
export declare function writeUint64(writer: Writer, value: bigint): void;
/** @throws {RangeError} when the field cannot hold the number */
export declare function writeInt64(writer: Writer, value: bigint): void;
