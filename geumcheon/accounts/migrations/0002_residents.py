import django.db.models.deletion
import geumcheon.lib.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        geumcheon.lib.migrations.CreateTogether(
            models=[
                migrations.CreateModel(
                    name='AddressProof',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('email', models.EmailField(max_length=254, verbose_name='전자우편')),
                        ('token_hash', models.CharField(max_length=64, unique=True, verbose_name='링크의 해시')),
                        ('name', models.CharField(blank=True, max_length=60, verbose_name='별명')),
                        ('password', models.CharField(blank=True, max_length=128, verbose_name='비밀번호(되돌릴 수 없게 바꾼 것)')),
                        ('consented_at', models.DateTimeField(blank=True, null=True, verbose_name='약관에 동의한 때')),
                        ('created_at', models.DateTimeField(verbose_name='만든 때')),
                        ('expires_at', models.DateTimeField(verbose_name='끝나는 때')),
                        ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='address_proofs', to=settings.AUTH_USER_MODEL, verbose_name='계정')),
                    ],
                    options={
                        'verbose_name': '확인할 주소',
                        'verbose_name_plural': '확인할 주소',
                        'ordering': ['-created_at', '-pk'],
                        'indexes': [models.Index(fields=['email', 'created_at'], name='addressproof_email')],
                    },
                ),
                migrations.CreateModel(
                    name='FormDraft',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=80, verbose_name='양식')),
                        ('data', models.JSONField(verbose_name='적은 것')),
                        ('saved_at', models.DateTimeField(verbose_name='저장한 때')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to=settings.AUTH_USER_MODEL, verbose_name='쓴 사람')),
                    ],
                    options={
                        'verbose_name': '쓰던 글',
                        'verbose_name_plural': '쓰던 글',
                        'ordering': ['-saved_at'],
                        'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='formdraft_unique')],
                    },
                ),
                migrations.CreateModel(
                    name='ImportJob',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=40, verbose_name='종류')),
                        ('token', models.CharField(max_length=40, unique=True, verbose_name='주소 열쇠')),
                        ('filename', models.CharField(max_length=120, verbose_name='파일 이름')),
                        ('params', models.JSONField(blank=True, default=dict, verbose_name='조건')),
                        ('rows', models.JSONField(default=list, verbose_name='행')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='올린 때')),
                        ('applied_at', models.DateTimeField(blank=True, null=True, verbose_name='반영한 때')),
                        ('result', models.CharField(blank=True, max_length=200, verbose_name='결과')),
                        ('expires_at', models.DateTimeField(verbose_name='지우는 때')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='imports', to=settings.AUTH_USER_MODEL, verbose_name='올린 사람')),
                    ],
                    options={
                        'verbose_name': '들여오기',
                        'verbose_name_plural': '들여오기',
                        'ordering': ['-created_at', '-pk'],
                    },
                ),
                migrations.CreateModel(
                    name='PaperCode',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code_hash', models.CharField(max_length=64, unique=True)),
                        ('key', models.CharField(max_length=64, verbose_name='열쇠')),
                        ('basis', models.CharField(choices=[('residence', '거주'), ('work', '직장'), ('school', '학교'), ('group', '단체')], max_length=20, verbose_name='근거')),
                        ('made_at', models.DateTimeField(verbose_name='만든 때')),
                        ('expires_at', models.DateTimeField(verbose_name='끝나는 때')),
                        ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='쓴 때')),
                        ('dong', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='accounts.dong', verbose_name='동')),
                        ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='신분증을 본 사람')),
                    ],
                    options={
                        'verbose_name': '창구 종이 코드',
                        'verbose_name_plural': '창구 종이 코드',
                        'ordering': ['-made_at', '-pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('basis__in', ['residence', 'work', 'school', 'group'])), name='papercode_basis_valid', violation_error_message='정해진 값 가운데 하나여야 합니다.')],
                    },
                ),
                migrations.CreateModel(
                    name='TextChallenge',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('limit_key', models.CharField(db_index=True, max_length=64, verbose_name='번호의 열쇠(횟수)')),
                        ('key', models.CharField(max_length=64, verbose_name='번호의 열쇠(확인)')),
                        ('salt', models.CharField(max_length=32)),
                        ('code_hash', models.CharField(max_length=64)),
                        ('purpose', models.CharField(max_length=60, verbose_name='쓰임')),
                        ('created_at', models.DateTimeField(verbose_name='보낸 때')),
                        ('expires_at', models.DateTimeField(verbose_name='끝나는 때')),
                        ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='시도')),
                        ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='맞힌 때')),
                        ('spent_at', models.DateTimeField(blank=True, null=True, verbose_name='쓴 때')),
                        ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='계정')),
                    ],
                    options={
                        'verbose_name': '문자 확인 번호',
                        'verbose_name_plural': '문자 확인 번호',
                        'ordering': ['-created_at', '-pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('spent_at__isnull', True), ('used_at__isnull', False), _connector='OR'), name='textchallenge_spent_after_used')],
                    },
                ),
                migrations.CreateModel(
                    name='Verification',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('level', models.PositiveSmallIntegerField(choices=[(1, '문자'), (2, '본인확인'), (3, '명부·창구')], verbose_name='단계')),
                        ('basis', models.CharField(choices=[('residence', '거주'), ('work', '직장'), ('school', '학교'), ('group', '단체')], max_length=20, verbose_name='근거')),
                        ('key', models.CharField(editable=False, max_length=64, verbose_name='열쇠')),
                        ('method', models.CharField(choices=[('text', '문자 확인'), ('identity', '본인확인 기관'), ('counter', '창구'), ('paper', '창구 종이 코드')], max_length=20, verbose_name='방법')),
                        ('verified_at', models.DateTimeField(verbose_name='확인한 때')),
                        ('expires_on', models.DateField(verbose_name='끝나는 날(그날 전까지)')),
                        ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='끝낸 때')),
                        ('ended_why', models.CharField(blank=True, choices=[('renewed', '다시 확인함'), ('moved', '다른 계정으로 옮김'), ('expired', '기간이 끝남'), ('office', '협치추진단이 끝냄')], max_length=20, verbose_name='끝난 까닭')),
                        ('dong', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='accounts.dong', verbose_name='동')),
                        ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='verifications', to=settings.AUTH_USER_MODEL, verbose_name='계정')),
                        ('verified_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='신분증을 본 사람')),
                    ],
                    options={
                        'verbose_name': '주민 확인',
                        'verbose_name_plural': '주민 확인',
                        'ordering': ['-verified_at', '-pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('level__in', [1, 2, 3])), name='verification_level_valid', violation_error_message='정해진 값 가운데 하나여야 합니다.'), models.CheckConstraint(condition=models.Q(('basis__in', ['residence', 'work', 'school', 'group'])), name='verification_basis_valid', violation_error_message='정해진 값 가운데 하나여야 합니다.'), models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('level', 'key'), name='verification_one_account', violation_error_message='이 번호로 확인한 다른 계정이 있습니다.'), models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('user', 'level'), name='verification_one_per_level', violation_error_message='이 계정은 이 단계로 이미 확인했습니다.'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_why', '')), models.Q(('ended_at__isnull', False), models.Q(('ended_why', ''), _negated=True)), _connector='OR'), name='verification_end_has_reason', violation_error_message='끝낸 확인에는 까닭이 있어야 합니다.')],
                    },
                ),
            ],
        ),
        migrations.AddField(
            model_name='department',
            name='phone',
            field=models.CharField(blank=True, help_text='문의할 곳으로 사업 쪽에 보입니다. 예: 02-2627-0000', max_length=20, verbose_name='대표 전화'),
        ),
        migrations.AddField(
            model_name='user',
            name='blocked_reason',
            field=models.CharField(blank=True, help_text='본인에게 보입니다.', max_length=200, verbose_name='멈춘 까닭'),
        ),
        migrations.AddField(
            model_name='user',
            name='blocked_until',
            field=models.DateTimeField(blank=True, help_text='이때까지 읽기만 할 수 있습니다. 본인에게 까닭이 보입니다.', null=True, verbose_name='글쓰기 멈춤(이때까지)'),
        ),
        migrations.AddField(
            model_name='user',
            name='consented_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='약관에 동의한 때'),
        ),
        migrations.AddField(
            model_name='user',
            name='email_proved',
            field=models.BooleanField(default=True, editable=False, verbose_name='전자우편 확인'),
        ),
        migrations.AddField(
            model_name='user',
            name='left_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='탈퇴한 때'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('blocked_until__isnull', True), models.Q(('blocked_reason', ''), _negated=True), _connector='OR'), name='user_block_has_reason', violation_error_message='글쓰기를 멈출 때에는 까닭을 적어 주세요.'),
        ),
    ]
