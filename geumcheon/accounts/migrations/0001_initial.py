import django.contrib.auth.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import geumcheon.accounts.models
import geumcheon.lib.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        geumcheon.lib.migrations.CreateTogether(
            models=[
                migrations.CreateModel(
                    name='Department',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('source', models.CharField(blank=True, help_text='문서에서 이 내용이 있는 곳. 예: Ⅴ-4 성과지표 · L901', max_length=200, verbose_name='출처')),
                        ('name', models.CharField(max_length=60, unique=True, verbose_name='부서 이름')),
                    ],
                    options={
                        'verbose_name': '부서',
                        'verbose_name_plural': '부서',
                        'ordering': ['name'],
                    },
                ),
                migrations.CreateModel(
                    name='Dong',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('source', models.CharField(blank=True, help_text='문서에서 이 내용이 있는 곳. 예: Ⅴ-4 성과지표 · L901', max_length=200, verbose_name='출처')),
                        ('name', models.CharField(max_length=20, unique=True, verbose_name='동 이름')),
                        ('order', models.PositiveSmallIntegerField(unique=True, verbose_name='순서')),
                    ],
                    options={
                        'verbose_name': '동',
                        'verbose_name_plural': '동',
                        'ordering': ['order'],
                    },
                ),
                migrations.CreateModel(
                    name='User',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('password', models.CharField(max_length=128, verbose_name='password')),
                        ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                        ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                        ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                        ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                        ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                        ('name', models.CharField(blank=True, help_text='화면에 보일 이름. 비우면 아이디가 보입니다.', max_length=60, verbose_name='이름')),
                        ('email', models.EmailField(blank=True, max_length=254, verbose_name='전자우편')),
                        ('role', models.CharField(choices=[('resident', '주민'), ('member', '위원'), ('officer', '부서 담당자'), ('secretariat', '협치추진단')], default='resident', max_length=20, verbose_name='역할')),
                        ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='시연 계정')),
                        ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                        ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                    ],
                    options={
                        'verbose_name': '사용자',
                        'verbose_name_plural': '사용자',
                        'ordering': ['username'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['resident', 'member', 'officer', 'secretariat'])), name='user_role_valid', violation_error_message='정해진 값 가운데 하나여야 합니다.'), models.UniqueConstraint(django.db.models.functions.text.Lower('email'), condition=models.Q(('email', ''), _negated=True), name='user_email_unique', violation_error_message='이미 쓰고 있는 전자우편 주소입니다.')],
                    },
                    managers=[
                        ('objects', geumcheon.accounts.models.PortalUserManager()),
                    ],
                ),
                migrations.CreateModel(
                    name='DepartmentAlias',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=60, verbose_name='다른 이름')),
                        ('department', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='accounts.department', verbose_name='부서')),
                    ],
                    options={
                        'verbose_name': '부서의 다른 이름',
                        'verbose_name_plural': '부서의 다른 이름',
                        'ordering': ['name'],
                        'constraints': [models.UniqueConstraint(fields=('department', 'name'), name='departmentalias_unique')],
                    },
                ),
                migrations.CreateModel(
                    name='DepartmentAssignment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('starts_on', models.DateField(verbose_name='시작일')),
                        ('ends_before', models.DateField(blank=True, null=True, verbose_name='종료일(그날 전까지)')),
                        ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='accounts.department', verbose_name='부서')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to=settings.AUTH_USER_MODEL, verbose_name='담당자')),
                    ],
                    options={
                        'verbose_name': '부서 배정',
                        'verbose_name_plural': '부서 배정',
                        'ordering': ['starts_on', 'pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('ends_before__isnull', True), ('ends_before__gt', models.F('starts_on')), _connector='OR'), name='assignment_ends_after_start', violation_error_message='종료일은 시작일보다 뒤여야 합니다.'), models.UniqueConstraint(condition=models.Q(('ends_before__isnull', True)), fields=('user', 'department'), name='assignment_one_open', violation_error_message='이 부서에 이미 배정되어 있습니다.')],
                    },
                ),
                migrations.CreateModel(
                    name='ExportJob',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=40, verbose_name='종류')),
                        ('params', models.JSONField(blank=True, default=dict, verbose_name='조건')),
                        ('token', models.CharField(max_length=40, unique=True, verbose_name='주소 열쇠')),
                        ('state', models.CharField(choices=[('waiting', '기다리는 중'), ('running', '만드는 중'), ('done', '다 됨'), ('failed', '실패')], default='waiting', max_length=10, verbose_name='상태')),
                        ('progress', models.PositiveSmallIntegerField(default=0, verbose_name='진행(%)')),
                        ('filename', models.CharField(blank=True, max_length=120, verbose_name='파일 이름')),
                        ('file', models.FileField(blank=True, upload_to='exports/', verbose_name='파일')),
                        ('error', models.CharField(blank=True, max_length=300, verbose_name='오류')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='만든 때')),
                        ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='끝난 때')),
                        ('expires_at', models.DateTimeField(help_text='이때가 지나면 파일과 함께 지웁니다.', verbose_name='지우는 때')),
                        ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL, verbose_name='만든 사람')),
                    ],
                    options={
                        'verbose_name': '내려받기 작업',
                        'verbose_name_plural': '내려받기 작업',
                        'ordering': ['-created_at', '-pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'running', 'done', 'failed'])), name='exportjob_state_valid', violation_error_message='정해진 값 가운데 하나여야 합니다.'), models.CheckConstraint(condition=models.Q(('progress__lte', 100)), name='exportjob_progress_percent')],
                    },
                ),
                migrations.CreateModel(
                    name='OutboxMessage',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('event', models.CharField(help_text='받는 사람마다 한 번만 보내는 일의 이름. 예: invitation:12:1', max_length=120, verbose_name='사건')),
                        ('recipient', models.CharField(max_length=254, verbose_name='받는 곳')),
                        ('channel', models.CharField(choices=[('mail', '전자우편'), ('text', '문자')], default='mail', max_length=10, verbose_name='방법')),
                        ('subject', models.CharField(max_length=200, verbose_name='제목')),
                        ('body', models.TextField(verbose_name='내용')),
                        ('state', models.CharField(choices=[('waiting', '보낼 것'), ('sent', '보냄'), ('failed', '실패')], default='waiting', max_length=10, verbose_name='상태')),
                        ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='시도')),
                        ('error', models.CharField(blank=True, max_length=300, verbose_name='오류')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='만든 때')),
                        ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='보낸 때')),
                        ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL, verbose_name='받는 사람')),
                    ],
                    options={
                        'verbose_name': '보낸 편지함',
                        'verbose_name_plural': '보낸 편지함',
                        'ordering': ['-created_at', '-pk'],
                        'constraints': [models.UniqueConstraint(fields=('event', 'recipient'), name='outbox_once', violation_error_message='이미 보낸 알림입니다.'), models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'sent', 'failed'])), name='outbox_state_valid', violation_error_message='정해진 값 가운데 하나여야 합니다.')],
                    },
                ),
            ],
        ),
    ]
