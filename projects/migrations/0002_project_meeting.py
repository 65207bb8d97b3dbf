import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('councils', '0002_notice'),
        ('projects', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProjectMeeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='project_meetings', to='councils.meeting', verbose_name='회의')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='project_meetings', to='projects.project', verbose_name='사업')),
            ],
            options={
                'verbose_name': '사업을 다룬 회의',
                'verbose_name_plural': '사업을 다룬 회의',
                'ordering': ['-meeting__starts_on', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('project', 'meeting'), name='projectmeeting_unique', violation_error_message='이미 있는 회의입니다.')],
            },
        ),
        migrations.AddField(
            model_name='project',
            name='meetings',
            field=models.ManyToManyField(related_name='projects', through='projects.ProjectMeeting', to='councils.meeting', verbose_name='회의'),
        ),
    ]
