import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface nebula_message {
}
export declare namespace nebula_message {
    interface Envelope {
        wrapper: Uint8Array<ArrayBuffer>;
        seqno: bigint;
        signature: Uint8Array<ArrayBuffer>;
        hops: number;
    }
    namespace Envelope {
        const codec: () => Codec<Envelope>;
        interface EnvelopeWrapperFieldEvent {
            field: '$.wrapper';
            value: Uint8Array<ArrayBuffer>;
        }
        interface EnvelopeSeqnoFieldEvent {
            field: '$.seqno';
            value: bigint;
        }
        interface EnvelopeSignatureFieldEvent {
            field: '$.signature';
            value: Uint8Array<ArrayBuffer>;
        }
        interface EnvelopeHopsFieldEvent {
            field: '$.hops';
            value: number;
        }
        function encode(obj: Partial<Envelope>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Envelope>): Envelope;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Envelope>): Generator<EnvelopeWrapperFieldEvent | EnvelopeSeqnoFieldEvent | EnvelopeSignatureFieldEvent | EnvelopeHopsFieldEvent>;
    }
    interface Ack {
        count: number;
        beyond?: bigint;
    }
    namespace Ack {
        const codec: () => Codec<Ack>;
        interface AckCountFieldEvent {
            field: '$.count';
            value: number;
        }
        interface AckBeyondFieldEvent {
            field: '$.beyond';
            value: bigint;
        }
        function encode(obj: Partial<Ack>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Ack>): Ack;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Ack>): Generator<AckCountFieldEvent | AckBeyondFieldEvent>;
    }
    const codec: () => Codec<nebula_message>;
    function encode(obj: Partial<nebula_message>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<nebula_message>): nebula_message;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<nebula_message>): Generator<{}>;
}
