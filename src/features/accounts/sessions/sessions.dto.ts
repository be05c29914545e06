import { ApiProperty } from '@nestjs/swagger';

export class SessionItem {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ description: 'Whether this is the session that asks.' }) current!: boolean;
  @ApiProperty({ format: 'date-time' }) created_at!: string;
  @ApiProperty({ format: 'date-time' }) last_used_at!: string;
  @ApiProperty({ description: 'What the client said of itself.' }) device!: string;
  @ApiProperty({ description: 'The network it was last refreshed from; its last part is hidden.' })
  address!: string;
}

export class SessionsResponse {
  @ApiProperty({ type: [SessionItem] }) data!: SessionItem[];
}
