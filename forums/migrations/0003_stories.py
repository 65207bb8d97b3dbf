import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_residents'),
        ('accounts', '__first__'),
        ('councils', '0006_demo_body_and_drafts_first'),
        ('forums', '0002_events'),
        ('projects', '0004_result_states'),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalStory',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('title', models.CharField(max_length=120, verbose_name='제목')),
                ('text', models.TextField(help_text='빈 줄로 문단을 나눕니다. 개인의 이름은 적지 않습니다.', verbose_name='글')),
                ('published_on', models.DateField(blank=True, db_index=True, help_text='비우면 초안입니다. 그날 0시부터 보입니다.', null=True, verbose_name='게시일')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '변경 기록',
                'verbose_name_plural': 'historical 협치이야기',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Story',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=120, verbose_name='제목')),
                ('text', models.TextField(help_text='빈 줄로 문단을 나눕니다. 개인의 이름은 적지 않습니다.', verbose_name='글')),
                ('published_on', models.DateField(blank=True, db_index=True, help_text='비우면 초안입니다. 그날 0시부터 보입니다.', null=True, verbose_name='게시일')),
                ('dongs', models.ManyToManyField(blank=True, related_name='stories', to='accounts.dong', verbose_name='동')),
                ('events', models.ManyToManyField(blank=True, related_name='stories', to='forums.event', verbose_name='행사')),
                ('meetings', models.ManyToManyField(blank=True, related_name='stories', to='councils.meeting', verbose_name='회의')),
                ('projects', models.ManyToManyField(blank=True, related_name='stories', to='projects.project', verbose_name='사업')),
            ],
            options={
                'verbose_name': '이야기',
                'verbose_name_plural': '협치이야기',
                'ordering': ['-published_on', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('title', ''), _negated=True), models.Q(('text', ''), _negated=True)), name='story_has_words', violation_error_message='제목과 글을 적어 주세요.')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalStoryPicture',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(default=1, verbose_name='순서')),
                ('file', models.TextField(max_length=100, verbose_name='사진')),
                ('width', models.PositiveIntegerField(default=0, editable=False, verbose_name='너비')),
                ('height', models.PositiveIntegerField(default=0, editable=False, verbose_name='높이')),
                ('alt', models.CharField(help_text='보지 못하는 사람에게 읽어 줄 말', max_length=120, verbose_name='사진 설명')),
                ('caption', models.CharField(blank=True, max_length=200, verbose_name='사진 아래의 글')),
                ('consent', models.CharField(blank=True, help_text='찍힌 사람이 언제 어떻게 동의했는지. 공개하지 않습니다.', max_length=200, verbose_name='동의한 내용')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('story', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='forums.story', verbose_name='이야기')),
            ],
            options={
                'verbose_name': '변경 기록',
                'verbose_name_plural': 'historical 이야기 사진',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalStory_projects',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('m2m_history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to='forums.historicalstory')),
                ('project', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.project')),
                ('story', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='forums.story')),
            ],
            options={
                'verbose_name': 'HistoricalStory_projects',
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalStory_meetings',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('m2m_history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to='forums.historicalstory')),
                ('meeting', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='councils.meeting')),
                ('story', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='forums.story')),
            ],
            options={
                'verbose_name': 'HistoricalStory_meetings',
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalStory_events',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('m2m_history_id', models.AutoField(primary_key=True, serialize=False)),
                ('event', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='forums.event')),
                ('history', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to='forums.historicalstory')),
                ('story', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='forums.story')),
            ],
            options={
                'verbose_name': 'HistoricalStory_events',
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalStory_dongs',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('m2m_history_id', models.AutoField(primary_key=True, serialize=False)),
                ('dong', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.dong')),
                ('history', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to='forums.historicalstory')),
                ('story', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='forums.story')),
            ],
            options={
                'verbose_name': 'HistoricalStory_dongs',
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='StoryPicture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(default=1, verbose_name='순서')),
                ('file', models.FileField(upload_to='stories/', verbose_name='사진')),
                ('width', models.PositiveIntegerField(default=0, editable=False, verbose_name='너비')),
                ('height', models.PositiveIntegerField(default=0, editable=False, verbose_name='높이')),
                ('alt', models.CharField(help_text='보지 못하는 사람에게 읽어 줄 말', max_length=120, verbose_name='사진 설명')),
                ('caption', models.CharField(blank=True, max_length=200, verbose_name='사진 아래의 글')),
                ('consent', models.CharField(blank=True, help_text='찍힌 사람이 언제 어떻게 동의했는지. 공개하지 않습니다.', max_length=200, verbose_name='동의한 내용')),
                ('story', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pictures', to='forums.story', verbose_name='이야기')),
            ],
            options={
                'verbose_name': '이야기 사진',
                'verbose_name_plural': '이야기 사진',
                'ordering': ['story', 'order', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('alt', ''), _negated=True), name='storypicture_has_alt', violation_error_message='사진 설명을 적어 주세요.')],
            },
        ),
    ]
