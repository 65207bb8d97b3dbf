import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_department_phone'),
        ('accounts', '__first__'),
        ('councils', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalNotice',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('kind', models.CharField(choices=[('vote', '주민투표'), ('call', '제안 공모'), ('recruitment', '위원 모집'), ('event', '공론장·행사'), ('result', '결과 발표'), ('general', '알림')], default='general', max_length=12, verbose_name='종류')),
                ('title', models.CharField(max_length=120, verbose_name='제목')),
                ('text', models.TextField(help_text='빈 줄로 문단을 나눕니다. 주소(https://…)는 링크가 됩니다.', verbose_name='내용')),
                ('published_on', models.DateField(blank=True, db_index=True, help_text='이날부터 누구나 봅니다. 비우면 초안입니다.', null=True, verbose_name='게시일')),
                ('starts_on', models.DateField(blank=True, help_text='투표·공모·모집이 시작하는 날', null=True, verbose_name='시작일')),
                ('ends_before', models.DateField(blank=True, null=True, verbose_name='종료일(그날 전까지)')),
                ('link', models.CharField(blank=True, help_text='포털 안의 쪽(/로 시작) 또는 https:// 주소', max_length=300, verbose_name='이어지는 곳')),
                ('link_label', models.CharField(blank=True, help_text='예: 지원서 내려받기', max_length=40, verbose_name='단추에 적을 말')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '변경 기록',
                'verbose_name_plural': 'historical 공지사항',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('vote', '주민투표'), ('call', '제안 공모'), ('recruitment', '위원 모집'), ('event', '공론장·행사'), ('result', '결과 발표'), ('general', '알림')], default='general', max_length=12, verbose_name='종류')),
                ('title', models.CharField(max_length=120, verbose_name='제목')),
                ('text', models.TextField(help_text='빈 줄로 문단을 나눕니다. 주소(https://…)는 링크가 됩니다.', verbose_name='내용')),
                ('published_on', models.DateField(blank=True, db_index=True, help_text='이날부터 누구나 봅니다. 비우면 초안입니다.', null=True, verbose_name='게시일')),
                ('starts_on', models.DateField(blank=True, help_text='투표·공모·모집이 시작하는 날', null=True, verbose_name='시작일')),
                ('ends_before', models.DateField(blank=True, null=True, verbose_name='종료일(그날 전까지)')),
                ('link', models.CharField(blank=True, help_text='포털 안의 쪽(/로 시작) 또는 https:// 주소', max_length=300, verbose_name='이어지는 곳')),
                ('link_label', models.CharField(blank=True, help_text='예: 지원서 내려받기', max_length=40, verbose_name='단추에 적을 말')),
                ('dongs', models.ManyToManyField(blank=True, help_text='비우면 구 전체의 알림입니다.', related_name='notices', to='accounts.dong', verbose_name='동')),
            ],
            options={
                'verbose_name': '공지',
                'verbose_name_plural': '공지사항',
                'ordering': ['-published_on', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['vote', 'call', 'recruitment', 'event', 'result', 'general'])), name='notice_kind_valid', violation_error_message='정해진 값 가운데 하나여야 합니다.'), models.CheckConstraint(condition=models.Q(('ends_before__isnull', True), ('starts_on__isnull', True), ('ends_before__gt', models.F('starts_on')), _connector='OR'), name='notice_ends_after_start', violation_error_message='종료일은 시작일보다 뒤여야 합니다.'), models.CheckConstraint(condition=models.Q(('link', ''), ('link__regex', '^(/($|[^/\\\\])|https://)'), _connector='OR'), name='notice_link_safe', violation_error_message='/로 시작하는 포털 안의 쪽이나 https:// 주소를 적어 주세요.')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalNotice_dongs',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('m2m_history_id', models.AutoField(primary_key=True, serialize=False)),
                ('dong', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.dong')),
                ('history', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to='councils.historicalnotice')),
                ('notice', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='councils.notice')),
            ],
            options={
                'verbose_name': 'HistoricalNotice_dongs',
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
    ]
