import { z } from 'zod';
import { objectiveSchema } from '../objective.ts';

/**
 * The file of a model. Numbers are little-endian.
 *
 *     8 bytes   "ANTEI-GB"
 *     uint16    format version
 *     uint32    length of the payload in bytes
 *     uint32    CRC-32 of the payload
 *     payload   varint length of the header, header (JSON in UTF-8, `headerSchema`),
 *               float64 × outputs (start), float64 × features (gains),
 *               varint count and float64 × count (validation loss),
 *               varint count and trees
 *     tree      varint count of nodes, then per node a byte for its kind and
 *               at a leaf:      float64 value
 *               at a threshold: varint feature, varint left child less own place, float64 threshold
 *               at a set:       varint feature, varint left child less own place, varint length and set
 *                               (bits by bin, without the zero bytes at its end)
 *
 * A change to any of this takes the next format version.
 */
export const MAGIC = new TextEncoder().encode('ANTEI-GB');

export const FORMAT_VERSION = 1;

/** Bytes before the payload. */
export const PREAMBLE = MAGIC.length + 2 + 4 + 4;

export const headerSchema = z.strictObject({
  objective: objectiveSchema,
  features: z.array(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('numeric'), name: z.string() }),
      z.strictObject({
        kind: z.literal('categorical'),
        name: z.string(),
        categories: z.array(z.string()).max(255),
      }),
    ]),
  ),
});
