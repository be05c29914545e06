import { applyDecorators } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiResponse,
} from '@nestjs/swagger';
import { resumablePolicy } from '../../../../config/policy/generations/uploads.js';
import { tusVersion } from '../../../../config/policy/perimeter/http.js';
import { offsetMediaType } from '../../../perimeter/input/offset-body.js';
import { headerReferences } from '../../../perimeter/output/response-headers.js';

// Requests of tus have headers where others have fields. These describe them; the controller reads them.

/** Counts of bytes in `Upload-Length` and `Upload-Offset`: without sign and leading zeros, at most fifteen digits. */
export const bytesPattern = '^(0|[1-9][0-9]{0,14})$';

const version = ApiHeader({
  name: 'Tus-Resumable',
  required: true,
  description: 'The version of the protocol.',
  schema: { type: 'string', enum: [tusVersion] },
});

const unsupported = ApiResponse({
  status: 412,
  description: 'Of another version nothing is read.',
  headers: headerReferences('Tus-Version'),
});

/** What every request of tus has. */
const ofTus = [version, unsupported];

/** `POST`: begins an upload. */
export const DescribeCreation = (): MethodDecorator =>
  applyDecorators(
    ...ofTus,
    ApiHeader({
      name: 'Upload-Length',
      required: true,
      description: 'Bytes of the file: at least 1, at most MAX_FILE_SIZE.',
      schema: { type: 'string', maxLength: 15, pattern: '^[1-9][0-9]{0,14}$', example: '1048576' },
    }),
    ApiHeader({
      name: 'Upload-Metadata',
      required: false,
      description:
        'Pairs of a key and its value in Base64 of UTF-8, separated by commas: `filename` and `filetype`, without which no type is allowed. Other keys are passed over; none may stand twice.',
      schema: {
        type: 'string',
        maxLength: resumablePolicy.metadataCharacters,
        pattern: '^[ -~]*$',
        example: 'filename bm90ZXMudHh0,filetype dGV4dC9wbGFpbg==',
      },
    }),
    ApiCreatedResponse({
      description: 'Begun; Location names it.',
      headers: headerReferences('Location', 'Tus-Resumable', 'Upload-Expires'),
    }),
  );

/** `HEAD`: where an upload stands. */
export const DescribeOffset = (): MethodDecorator =>
  applyDecorators(
    ...ofTus,
    ApiOkResponse({
      description: 'Where it stands.',
      headers: headerReferences('Tus-Resumable', 'Upload-Offset', 'Upload-Length', 'Upload-Expires'),
    }),
  );

/** `PATCH`: bytes of an upload. */
export const DescribeAppending = (): MethodDecorator =>
  applyDecorators(
    ...ofTus,
    ApiHeader({
      name: 'Upload-Offset',
      required: true,
      description: 'Where the bytes go on: what the last answer, or `HEAD`, says.',
      schema: { type: 'string', maxLength: 15, pattern: bytesPattern, example: '0' },
    }),
    ApiConsumes(offsetMediaType),
    ApiBody({
      description: 'The bytes, as many of them as can be sent in the time of one request.',
      schema: { type: 'string', format: 'binary', maxLength: 1024 ** 3 },
    }),
    ApiNoContentResponse({
      description: 'Kept; at the length of the upload the file is stored, and has its id.',
      headers: headerReferences('Tus-Resumable', 'Upload-Offset'),
    }),
  );

/** `DELETE`: gives an upload up. */
export const DescribeTermination = (): MethodDecorator =>
  applyDecorators(
    ...ofTus,
    ApiNoContentResponse({
      description: 'Given up: its parts and what it held of the quota are gone.',
      headers: headerReferences('Tus-Resumable'),
    }),
  );
