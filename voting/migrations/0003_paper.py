"""Paper votes: two clerks of a batch, void reasons, the third look, the count of handed-out papers; their guards."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from voting.triggers import install, uninstall


class Migration(migrations.Migration):

    dependencies = [
        ('voting', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(uninstall, install),
        migrations.CreateModel(
            name='PaperCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('issued', models.PositiveIntegerField(help_text='묶음에서 떼어 낸 장수', verbose_name='나눠 준 투표용지')),
                ('spoilt', models.PositiveIntegerField(help_text='돌려받고 새로 준 장수', verbose_name='망쳐서 바꿔 준 투표용지')),
                ('returned', models.PositiveIntegerField(verbose_name='쓰지 않고 돌려받은 투표용지')),
                ('missing', models.PositiveIntegerField(help_text='가지고 나가 투표함에 없는 장수', verbose_name='돌려받지 못한 투표용지')),
                ('note', models.TextField(blank=True, max_length=300, verbose_name='설명')),
            ],
            options={
                'verbose_name': '종이 정산',
                'verbose_name_plural': '종이 정산',
                'ordering': ['contest'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='paperballot',
            name='paperballot_entry_valid',
        ),
        migrations.AddField(
            model_name='paperballot',
            name='reason',
            field=models.TextField(blank=True, help_text='세 번째 확인에서만 적습니다.', max_length=300, verbose_name='정한 까닭'),
        ),
        migrations.AddField(
            model_name='paperballot',
            name='void',
            field=models.CharField(blank=True, choices=[('blank', '아무것도 고르지 않음'), ('under', '정한 수보다 적게 고름'), ('over', '정한 수보다 많이 고름'), ('unclear', '무엇을 골랐는지 알 수 없음'), ('marked', '누구인지 알 수 있는 표시가 있음'), ('foreign', '나눠 준 투표용지가 아님')], max_length=8, verbose_name='무효 사유'),
        ),
        migrations.AddField(
            model_name='paperbatch',
            name='first_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='첫 입력을 맡은 사람'),
        ),
        migrations.AddField(
            model_name='paperbatch',
            name='second_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='둘째 입력을 맡은 사람'),
        ),
        migrations.AlterField(
            model_name='paperballot',
            name='entry',
            field=models.PositiveSmallIntegerField(choices=[(1, '첫 입력'), (2, '둘째 입력'), (3, '세 번째 확인')], verbose_name='입력'),
        ),
        migrations.AddConstraint(
            model_name='paperballot',
            constraint=models.CheckConstraint(condition=models.Q(('entry__in', [1, 2, 3])), name='paperballot_entry_valid', violation_error_message='정해진 값 가운데 하나여야 합니다.'),
        ),
        migrations.AddConstraint(
            model_name='paperballot',
            constraint=models.CheckConstraint(condition=models.Q(('void__in', ['', 'blank', 'under', 'over', 'unclear', 'marked', 'foreign'])), name='paperballot_void_valid', violation_error_message='정해진 값 가운데 하나여야 합니다.'),
        ),
        migrations.AddConstraint(
            model_name='paperballot',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('picks', ''), models.Q(('void', ''), _negated=True)), models.Q(models.Q(('picks', ''), _negated=True), ('void', '')), _connector='OR'), name='paperballot_picks_or_void', violation_error_message='고른 번호와 무효 사유 가운데 하나만 적습니다.'),
        ),
        migrations.AddConstraint(
            model_name='paperballot',
            constraint=models.CheckConstraint(condition=models.Q(('entry__lt', 3), models.Q(('reason', ''), _negated=True), _connector='OR'), name='paperballot_third_has_reason', violation_error_message='세 번째 확인에는 까닭을 적어 주세요.'),
        ),
        migrations.AddConstraint(
            model_name='paperbatch',
            constraint=models.CheckConstraint(condition=models.Q(('papers__gte', 1)), name='paperbatch_has_papers', violation_error_message='묶음에는 종이가 한 장 이상 있어야 합니다.'),
        ),
        migrations.AddConstraint(
            model_name='paperbatch',
            constraint=models.CheckConstraint(condition=models.Q(('second_by__isnull', True), models.Q(('first_by__isnull', False), models.Q(('second_by', models.F('first_by')), _negated=True)), _connector='OR'), name='paperbatch_two_people', violation_error_message='두 입력은 서로 다른 사람이 합니다.'),
        ),
        migrations.AddField(
            model_name='papercount',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='적은 사람'),
        ),
        migrations.AddField(
            model_name='papercount',
            name='contest',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='paper_count', to='voting.contest', verbose_name='투표용지'),
        ),
        migrations.AddConstraint(
            model_name='papercount',
            constraint=models.CheckConstraint(condition=models.Q(('issued__gte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('spoilt'), '+', models.F('returned')), '+', models.F('missing')))), name='papercount_sane', violation_error_message='나눠 준 것보다 많은 투표용지를 돌려받을 수 없습니다.'),
        ),
        migrations.AddConstraint(
            model_name='papercount',
            constraint=models.CheckConstraint(condition=models.Q(('missing', 0), models.Q(('note', ''), _negated=True), _connector='OR'), name='papercount_missing_explained', violation_error_message='돌려받지 못한 투표용지가 있으면 설명을 적어 주세요.'),
        ),
        migrations.RunPython(install, uninstall),
    ]
