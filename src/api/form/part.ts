import { parseHeader } from './header.ts';
import { invalidName, malformed } from './refusal.ts';

/** What stands above a part's body (RFC 7578). */
export interface PartHeader {
  readonly name: string;
  /** Undefined for a plain field. */
  readonly filename: string | undefined;
  /** Empty where the part does not say. */
  readonly contentType: string;
}

export interface Part extends PartHeader {
  readonly body: AsyncIterable<Uint8Array>;
}

/** Each header's values as they stood on the wire, one character a byte. */
export type RawHeader = Readonly<Record<string, readonly string[] | undefined>>;

/** Throws FormRefused where the part does not say what it is: a part we cannot name is never dropped in silence. */
export const partHeaderFrom = (raw: RawHeader, mostNameBytes: number): PartHeader => {
  const disposition = parseHeader(utf8(raw['content-disposition']?.[0] ?? ''));
  if (disposition?.value !== 'form-data') throw malformed('a part has no readable Content-Disposition: form-data header');
  const name = named(disposition.parameters.get('name'));
  if (name === undefined) throw malformed('a part has no name');
  const filename = extended(disposition.parameters.get('filename*')) ?? named(disposition.parameters.get('filename'));
  for (const given of [name, filename ?? '']) {
    if (Buffer.byteLength(given) > mostNameBytes) throw invalidName(given, 'too_long');
  }
  const encoding = (raw['content-transfer-encoding']?.[0] ?? 'binary').trim().toLowerCase();
  if (!['7bit', '8bit', 'binary'].includes(encoding))
    throw malformed(`a part is sent in the unsupported encoding ${JSON.stringify(encoding.slice(0, 40))}`);
  return { name, filename, contentType: (raw['content-type']?.[0] ?? '').trim() };
};

const utf8 = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');

const ESCAPES: Readonly<Record<string, string>> = { '%22': '"', '%0d': '\r', '%0a': '\n' };

/** The three escapes of the WHATWG multipart encoding, which fetch writes and reads; any other `%` stands for itself. */
const named = (text: string | undefined): string | undefined =>
  text?.replace(/%(?:22|0d|0a)/gi, (escape) => ESCAPES[escape.toLowerCase()] ?? escape);

/** `filename*=utf-8''…` (RFC 5987), which Python's older clients send for names that are not ASCII. */
const extended = (text: string | undefined): string | undefined => {
  if (text === undefined) return undefined;
  const [charset, , encoded] = text.split("'");
  if (charset?.toLowerCase() !== 'utf-8' || encoded === undefined) throw malformed('a part has a filename* that is not UTF-8');
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw malformed('a part has a filename* that is not UTF-8');
  }
};
