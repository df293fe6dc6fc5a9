import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface nebula_proxy {
}
export declare namespace nebula_proxy {
    enum Status {
        UNSPECIFIED = "UNSPECIFIED",
        DELIVERED = "DELIVERED",
        NOT_LINKED = "NOT_LINKED",
        BUSY = "BUSY",
        REFUSED = "REFUSED",
        TIMEOUT = "TIMEOUT",
        TOO_LARGE = "TOO_LARGE",
        NOT_A_PROXY = "NOT_A_PROXY",
        LOOP = "LOOP",
        HOPS = "HOPS",
        LOST = "LOST"
    }
    namespace Status {
        const codec: () => Codec<Status>;
    }
    interface Delivery {
        target: string;
        envelope: Uint8Array<ArrayBuffer>;
        timeout: number;
    }
    namespace Delivery {
        const codec: () => Codec<Delivery>;
        interface DeliveryTargetFieldEvent {
            field: '$.target';
            value: string;
        }
        interface DeliveryEnvelopeFieldEvent {
            field: '$.envelope';
            value: Uint8Array<ArrayBuffer>;
        }
        interface DeliveryTimeoutFieldEvent {
            field: '$.timeout';
            value: number;
        }
        function encode(obj: Partial<Delivery>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Delivery>): Delivery;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Delivery>): Generator<DeliveryTargetFieldEvent | DeliveryEnvelopeFieldEvent | DeliveryTimeoutFieldEvent>;
    }
    interface Answer {
        status: nebula_proxy.Status;
        acknowledgement: Uint8Array<ArrayBuffer>;
    }
    namespace Answer {
        const codec: () => Codec<Answer>;
        interface AnswerStatusFieldEvent {
            field: '$.status';
            value: nebula_proxy.Status;
        }
        interface AnswerAcknowledgementFieldEvent {
            field: '$.acknowledgement';
            value: Uint8Array<ArrayBuffer>;
        }
        function encode(obj: Partial<Answer>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Answer>): Answer;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Answer>): Generator<AnswerStatusFieldEvent | AnswerAcknowledgementFieldEvent>;
    }
    const codec: () => Codec<nebula_proxy>;
    function encode(obj: Partial<nebula_proxy>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<nebula_proxy>): nebula_proxy;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<nebula_proxy>): Generator<{}>;
}
