import { ApiProperty } from '@nestjs/swagger';
import { fileLinkSeconds } from '../../../config/policy/generations/storage.js';
import { mediaUrlSeconds } from '../../../config/policy/generations/streams.js';
import { ChoiceField, IntegerField } from '../../perimeter/input/fields.js';
import { fileKinds, type FileKind } from './file.js';
import { pageQuery } from '../../perimeter/input/page-query.js';

export class ListFilesQuery extends pageQuery(100) {
  @ChoiceField({ description: 'Only those of this kind.', optional: true, of: fileKinds })
  kind?: FileKind;
}

export class SignFileRequest {
  @IntegerField({
    description: `Seconds for which the link is good; ${mediaUrlSeconds} when left out.`,
    optional: true,
    ...fileLinkSeconds,
  })
  expires_in?: number;
}

export class FileResponse {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: fileKinds }) kind!: FileKind;
  @ApiProperty({ type: String, nullable: true, format: 'uuid', description: 'What a result came from.' })
  generation_id!: string | null;
  @ApiProperty() content_type!: string;
  @ApiProperty({ type: Number, nullable: true }) width!: number | null;
  @ApiProperty({ type: Number, nullable: true }) height!: number | null;
  @ApiProperty() bytes!: number;
  @ApiProperty({ format: 'date-time' }) created_at!: string;
  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    description: 'Null: kept until deleted.',
  })
  expires_at!: string | null;
}

export class FilesPage {
  @ApiProperty({ type: [FileResponse] }) data!: FileResponse[];
  @ApiProperty({ type: String, nullable: true, format: 'uuid' }) next_cursor!: string | null;
}

export class SignedFileResponse {
  @ApiProperty({ description: 'Anybody may fetch it until it expires.' }) url!: string;
  @ApiProperty({ format: 'date-time' }) expires_at!: string;
}

export class KindUsageResponse {
  @ApiProperty() files!: number;
  @ApiProperty() bytes!: number;
}

export class UsageByKindResponse implements Record<FileKind, KindUsageResponse> {
  @ApiProperty() result!: KindUsageResponse;
  @ApiProperty() reference!: KindUsageResponse;
  @ApiProperty() upload!: KindUsageResponse;
}

export class StorageStatsResponse {
  @ApiProperty() files!: number;
  @ApiProperty({ description: 'What they weigh together.' }) bytes!: number;
  @ApiProperty({ description: 'What they may weigh together before nothing new is taken.' })
  quota_bytes!: number;
  @ApiProperty() by_kind!: UsageByKindResponse;
}
