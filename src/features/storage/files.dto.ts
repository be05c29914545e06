import {
  ChoiceProperty,
  FlagProperty,
  IntegerProperty,
  ListProperty,
  MomentProperty,
  NextCursorProperty,
  FileProperty,
  FileTypeProperty,
  ObjectProperty,
  TextProperty,
  UrlProperty,
  UuidProperty,
} from '../../perimeter/output/properties.js';
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

export class UploadFileForm {
  @FileProperty({
    min: 1,
    max: 1024 ** 3,
    description: 'With its name and its type; at most MAX_FILE_SIZE bytes of a type in ALLOWED_FILE_TYPES.',
  })
  file!: string;
}

export class FileResponse {
  @UuidProperty() id!: string;
  @ChoiceProperty(fileKinds) kind!: FileKind;
  @UuidProperty({ nullable: true, description: 'What a result came from.' })
  generation_id!: string | null;
  @TextProperty({ nullable: true, max: 255, description: 'What an upload is called; null for the others.' })
  file_name!: string | null;
  @FileTypeProperty() content_type!: string;
  @IntegerProperty({ nullable: true }) width!: number | null;
  @IntegerProperty({ nullable: true }) height!: number | null;
  @IntegerProperty() bytes!: number;
  @FlagProperty({
    description:
      'Taken while the scanner was away: nobody reads it before it is scanned, and what is found infected is deleted.',
  })
  quarantined!: boolean;
  @MomentProperty() created_at!: string;
  @MomentProperty({ nullable: true, description: 'Null: kept until deleted.' })
  expires_at!: string | null;
}

export class FilesPage {
  @ListProperty(FileResponse, { max: 100 }) data!: FileResponse[];
  @NextCursorProperty() next_cursor!: string | null;
}

export class SignedFileResponse {
  @UrlProperty({ description: 'Anybody may fetch it until it expires.' }) url!: string;
  @MomentProperty() expires_at!: string;
}

export class KindUsageResponse {
  @IntegerProperty() files!: number;
  @IntegerProperty() bytes!: number;
}

export class UsageByKindResponse implements Record<FileKind, KindUsageResponse> {
  @ObjectProperty(KindUsageResponse) result!: KindUsageResponse;
  @ObjectProperty(KindUsageResponse) reference!: KindUsageResponse;
  @ObjectProperty(KindUsageResponse) upload!: KindUsageResponse;
}

export class StorageStatsResponse {
  @IntegerProperty() files!: number;
  @IntegerProperty({ description: 'What they weigh together.' }) bytes!: number;
  @IntegerProperty({ description: 'What they may weigh together before nothing new is taken.' })
  quota_bytes!: number;
  @ObjectProperty(UsageByKindResponse) by_kind!: UsageByKindResponse;
}
