import { trainingDue } from '../../core/data/upload/training-due.ts';
import { validateUpload } from '../../core/data/upload/validate-upload.ts';
import { defineStep } from '../step.ts';

export const handler = defineStep(
  'validateUpload',
  async ({ time, spec, key }, { data, metrics, record }) => {
    const { table, file, sha256, accepted, part, rows, reasons, warnings, report } = await validateUpload({
      data,
      spec,
      key,
      time,
    });
    const rules = reasons.map(({ rule, rows }) => ({ rule, rows }));
    if (accepted) {
      metrics({ UploadsAccepted: 1, RowsAccepted: rows.accepted, RowsRejected: rows.rejected });
      const dropped = rows.rejected > 0 ? `, ${rows.rejected} dropped` : '';
      const warned = warnings.length > 0 ? `; warnings: ${warnings.map(({ rule }) => rule).join(', ')}` : '';
      await record(
        'accepted',
        `${file} was accepted into ${table}: ${rows.accepted} rows${dropped}${warned}`,
        {
          table,
          file,
          sha256,
          part,
          rows,
          reasons: rules,
          warnings: warnings.map(({ rule, rows }) => ({ rule, rows })),
          report,
        },
      );
    } else {
      metrics({ UploadsQuarantined: 1, RowsRejected: rows.rejected });
      await record(
        'quarantined',
        `${file} for ${table} was quarantined: ${rules.map(({ rule }) => rule).join(', ')}`,
        {
          table,
          file,
          sha256,
          reasons: rules,
          report,
        },
      );
    }
    return {
      accepted,
      trainingDue: part !== undefined && (await trainingDue({ data, spec, table, part })),
    };
  },
);
